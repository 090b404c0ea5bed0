//! Lines and indentation: the grammar of reStructuredText is made of them.

use std::borrow::Cow;

/// The lines of a text without trailing white space, tabs set to eight columns.
pub fn split(text: &str) -> Vec<Cow<'_, str>> {
    let mut lines = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while !rest.is_empty() {
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        lines.push(tidy(&rest[..end]));
        rest = &rest[end..];
        rest = rest
            .strip_prefix("\r\n")
            .or_else(|| rest.get(1..))
            .unwrap_or_default();
    }
    lines
}

fn tidy(line: &str) -> Cow<'_, str> {
    let line = line.trim_end();
    if !line.contains(['\t', '\u{b}', '\u{c}']) {
        return line.into();
    }
    let mut wide = String::with_capacity(line.len() + 16);
    let mut column = 0;
    for c in line.chars() {
        if c == '\t' {
            let fill = 8 - column % 8;
            wide.extend(std::iter::repeat_n(' ', fill));
            column += fill;
        } else {
            wide.push(if matches!(c, '\u{b}' | '\u{c}') {
                ' '
            } else {
                c
            });
            column += 1;
        }
    }
    wide.truncate(wide.trim_end().len());
    wide.into()
}

/// Leading spaces; nothing for a blank line.
pub fn indent(line: &str) -> Option<usize> {
    line.bytes().position(|b| b != b' ')
}

/// How many lines from `at` on are blank or indented by at least `by` columns, blank ones at the end left out.
pub fn run(lines: &[&str], at: usize, by: usize) -> usize {
    let mut length = 0;
    for (offset, line) in lines[at..].iter().enumerate() {
        match indent(line) {
            None => {}
            Some(columns) if columns >= by => length = offset + 1,
            Some(_) => break,
        }
    }
    length
}

/// The lines without the indentation they have in common.
pub fn dedent<'l>(lines: &[&'l str]) -> Vec<&'l str> {
    let by = lines
        .iter()
        .filter_map(|line| indent(line))
        .min()
        .unwrap_or(0);
    strip(lines, by)
}

/// The lines without up to `by` leading spaces.
pub fn strip<'l>(lines: &[&'l str], by: usize) -> Vec<&'l str> {
    lines
        .iter()
        .map(|line| &line[indent(line).unwrap_or(line.len()).min(by)..])
        .collect()
}

/// The lines as one text, without blank ones around it.
pub fn join(lines: &[&str]) -> String {
    let start = lines
        .iter()
        .position(|line| !line.is_empty())
        .unwrap_or(lines.len());
    let end = lines
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(start, |at| at + 1);
    lines[start..end].join("\n")
}

/// Whether a line is a run of one punctuation character: the adornment of a title or a transition.
pub fn adornment(line: &str) -> Option<char> {
    let first = line.chars().next().filter(char::is_ascii_punctuation)?;
    line.chars().all(|c| c == first).then_some(first)
}

/// About how many columns a text takes: wide East Asian characters take two.
pub fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' => 0,
            '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}'
            | '\u{1f300}'..='\u{1faff}' => 2,
            _ => 1,
        })
        .sum()
}
