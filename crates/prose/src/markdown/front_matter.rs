//! Front matter: shown as a small table where it is plain `key: value` lines, and as written where it is more.

use crate::html::Page;

/// Writes the front matter, delimiters included in `source`.
pub fn write(page: &mut Page, source: &str) {
    let inner = source.trim().trim_start_matches('\u{feff}');
    let inner = inner.strip_prefix("---").unwrap_or(inner);
    let inner = inner
        .strip_suffix("---")
        .unwrap_or(inner)
        .trim_matches(['\n', '\r']);
    if inner.trim().is_empty() {
        return;
    }
    let pairs: Option<Vec<(&str, &str)>> = inner
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(pair)
        .collect();
    match pairs {
        Some(pairs) => table(page, &pairs),
        None => {
            page.markup("<pre class=\"front-matter\" tabindex=\"0\">");
            // A first line break inside `pre` is dropped by HTML.
            page.code(inner);
            page.markup("</pre>\n");
            page.end_block();
        }
    }
}

fn pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let plain_key = key.starts_with(char::is_alphabetic)
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.'));
    let value = value.trim();
    let nested = value.is_empty() || matches!(value, "|" | ">" | "|-" | ">-");
    let quoted = value.len() >= 2
        && (value.starts_with('"') && value.ends_with('"')
            || value.starts_with('\'') && value.ends_with('\''));
    let value = if quoted {
        &value[1..value.len() - 1]
    } else {
        value
    };
    (plain_key && !nested).then_some((key, value))
}

fn table(page: &mut Page, pairs: &[(&str, &str)]) {
    page.markup("<table class=\"front-matter\"><tbody>\n");
    for (key, value) in pairs {
        page.markup("<tr><th scope=\"row\">");
        page.words(key);
        page.text.push_str(": ");
        page.markup("</th><td>");
        page.words(value);
        page.markup("</td></tr>\n");
        page.end_block();
    }
    page.markup("</tbody></table>\n");
}
