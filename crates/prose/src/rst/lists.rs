//! Lists of every kind, and line blocks: what begins with a mark at the start of a line.

use super::blocks::{Reader, paragraph_length};
use super::lines::{dedent, indent, join, run, strip};
use super::tree::{Block, Numbering};

/// Reads the list at `at`, if one is there, and gives the number of its lines.
pub fn read(
    reader: &mut Reader,
    blocks: &mut Vec<Block>,
    lines: &[&str],
    at: usize,
    depth: usize,
) -> Option<usize> {
    let line = lines[at];
    if bullet(line).is_some() {
        return Some(bullets(reader, blocks, lines, at, depth));
    }
    if let Some(mark) = number(line).filter(|_| goes_on(lines, at)) {
        return Some(numbers(reader, blocks, lines, at, depth, &mark));
    }
    if field(line).is_some() {
        return Some(pairs(
            reader,
            blocks,
            lines,
            at,
            depth,
            field,
            Block::Fields,
        ));
    }
    if option(line).is_some() {
        return Some(pairs(
            reader,
            blocks,
            lines,
            at,
            depth,
            option,
            Block::Options,
        ));
    }
    (line == "|" || line.starts_with("| ")).then(|| line_block(blocks, lines, at))
}

/// A term with an indented definition right under it; more of them may follow.
pub fn definitions(
    reader: &mut Reader,
    blocks: &mut Vec<Block>,
    lines: &[&str],
    at: usize,
    depth: usize,
) -> usize {
    let mut items = Vec::new();
    let mut from = at;
    let mut end = at;
    while let Some(term) = lines.get(from).filter(|line| indent(line) == Some(0)) {
        let starts = lines
            .get(from + 1)
            .is_some_and(|line| indent(line).is_some_and(|columns| columns > 0));
        // A later item that is something else on its own is not swallowed by the list.
        let other = bullet(term).is_some()
            || field(term).is_some()
            || term.starts_with(".. ")
            || term.ends_with("::");
        if !starts || (from > at && other) {
            break;
        }
        let length = run(lines, from + 1, 1);
        let body = reader.nested(&dedent(&lines[from + 1..from + 1 + length]), depth + 1);
        items.push(((*term).to_owned(), body));
        end = from + 1 + length;
        from = end + blank_lines(lines, end);
    }
    blocks.push(Block::Definitions(items));
    end - at
}

fn blank_lines(lines: &[&str], at: usize) -> usize {
    lines[at.min(lines.len())..]
        .iter()
        .take_while(|line| line.is_empty())
        .count()
}

/// The width of a bullet and the space after it.
fn bullet(line: &str) -> Option<usize> {
    let mark = line
        .chars()
        .next()
        .filter(|c| matches!(c, '*' | '+' | '-' | '•' | '‣' | '⁃'))?;
    let rest = &line[mark.len_utf8()..];
    if rest.is_empty() {
        return Some(mark.len_utf8());
    }
    let spaces = indent(rest).filter(|columns| *columns > 0)?;
    Some(mark.len_utf8() + spaces)
}

/// The lines of an item whose text starts `width` bytes into its first line.
fn item<'l>(lines: &[&'l str], at: usize, width: usize, columns: usize) -> (Vec<&'l str>, usize) {
    let length = 1 + if at + 1 < lines.len() {
        run(lines, at + 1, columns)
    } else {
        0
    };
    let mut inner = vec![&lines[at][width..]];
    inner.extend(strip(&lines[at + 1..at + length], columns));
    (inner, length)
}

fn bullets(
    reader: &mut Reader,
    blocks: &mut Vec<Block>,
    lines: &[&str],
    at: usize,
    depth: usize,
) -> usize {
    let mark = lines[at].chars().next();
    let mut items = Vec::new();
    let mut from = at;
    let mut end = at;
    while let Some(line) = lines.get(from).filter(|line| line.chars().next() == mark) {
        let Some(width) = bullet(line) else { break };
        let columns = width + 1 - mark.map_or(1, char::len_utf8);
        let (inner, length) = item(lines, from, width, columns.max(1));
        items.push(reader.nested(&inner, depth + 1));
        end = from + length;
        from = end + blank_lines(lines, end);
    }
    blocks.push(Block::Bullets(items));
    end - at
}

struct Mark {
    /// Bytes before the text of the item.
    width: usize,
    style: Numbering,
    start: usize,
    /// What stands around the number, so that `(1)` and `1.` are two lists.
    around: (bool, u8),
    automatic: bool,
}

fn number(line: &str) -> Option<Mark> {
    let opened = line.starts_with('(');
    let rest = &line[usize::from(opened)..];
    let length = rest
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'#')
        .count();
    let (name, after) = rest.split_at(length.min(12));
    let close = *after
        .as_bytes()
        .first()
        .filter(|b| **b == b')' || (**b == b'.' && !opened))?;
    let spaces = match &after[1..] {
        "" => 0,
        text => indent(text).filter(|columns| *columns > 0)?,
    };
    let (style, start) = enumerator(name)?;
    Some(Mark {
        width: usize::from(opened) + length + 1 + spaces,
        style,
        start,
        around: (opened, close),
        automatic: name == "#",
    })
}

fn enumerator(name: &str) -> Option<(Numbering, usize)> {
    if name == "#" {
        return Some((Numbering::Digits, 1));
    }
    if name.bytes().all(|b| b.is_ascii_digit()) {
        return Some((
            Numbering::Digits,
            name.parse().ok().filter(|number| *number < 100_000)?,
        ));
    }
    let roman = |name: &str| name.bytes().all(|b| b"ivxlcdm".contains(&b));
    let lower = name.to_ascii_lowercase();
    let upper_case = name.bytes().all(|b| b.is_ascii_uppercase());
    if !upper_case && name.bytes().any(|b| !b.is_ascii_lowercase()) {
        return None;
    }
    // A single letter is a letter, but a list that starts with “i” is Roman.
    if lower.len() == 1 && lower != "i" {
        let start = usize::from(lower.as_bytes()[0] - b'a') + 1;
        return Some((
            if upper_case {
                Numbering::UpperLetters
            } else {
                Numbering::LowerLetters
            },
            start,
        ));
    }
    if !roman(&lower) {
        return None;
    }
    Some((
        if upper_case {
            Numbering::UpperRoman
        } else {
            Numbering::LowerRoman
        },
        roman_value(&lower),
    ))
}

fn roman_value(name: &str) -> usize {
    let value = |b: u8| match b {
        b'i' => 1,
        b'v' => 5,
        b'x' => 10,
        b'l' => 50,
        b'c' => 100,
        b'd' => 500,
        _ => 1000,
    };
    let bytes = name.as_bytes();
    let mut total = 0_usize;
    for (at, &b) in bytes.iter().enumerate() {
        if bytes
            .get(at + 1)
            .is_some_and(|next| value(*next) > value(b))
        {
            total = total.saturating_sub(value(b));
        } else {
            total += value(b);
        }
    }
    total.max(1)
}

/// Whether the line after a numbered one lets it be a list: “A. Einstein was …” goes on without indentation.
fn goes_on(lines: &[&str], at: usize) -> bool {
    lines
        .get(at + 1)
        .is_none_or(|next| indent(next) != Some(0) || number(next).is_some())
}

fn numbers(
    reader: &mut Reader,
    blocks: &mut Vec<Block>,
    lines: &[&str],
    at: usize,
    depth: usize,
    first: &Mark,
) -> usize {
    let mut items = Vec::new();
    let mut from = at;
    let mut end = at;
    while let Some(line) = lines.get(from) {
        let Some(mark) =
            number(line).filter(|mark| mark.around == first.around && goes_on(lines, from))
        else {
            break;
        };
        let expected = first.start + items.len();
        let follows = mark.automatic
            || (mark.style == first.style && mark.start == expected)
            || letter_after(first, line, expected);
        if !items.is_empty() && !follows {
            break;
        }
        let (inner, length) = item(lines, from, mark.width, mark.width);
        items.push(reader.nested(&inner, depth + 1));
        end = from + length;
        from = end + blank_lines(lines, end);
    }
    blocks.push(Block::Numbers {
        style: first.style,
        start: first.start,
        items,
    });
    end - at
}

/// In a list of letters, “i” comes after “h” and is no Roman one.
fn letter_after(first: &Mark, line: &str, expected: usize) -> bool {
    let letters = matches!(
        first.style,
        Numbering::LowerLetters | Numbering::UpperLetters
    );
    let letter = line.trim_start_matches('(').as_bytes()[0].to_ascii_lowercase();
    letters && letter.is_ascii_lowercase() && usize::from(letter - b'a') + 1 == expected
}

/// `:name: text`, as the name and the bytes before the text.
fn field(line: &str) -> Option<(&str, usize)> {
    let rest = line.strip_prefix(':')?;
    let bytes = rest.as_bytes();
    let close = (1..bytes.len()).find(|&at| {
        bytes[at] == b':'
            && bytes[at - 1] != b'\\'
            && bytes.get(at + 1).is_none_or(|next| *next == b' ')
    })?;
    let name = &rest[..close];
    if name.starts_with([' ', ':', '`']) || name.contains('`') {
        return None;
    }
    Some((name, line.len() - rest[close + 1..].trim_start().len()))
}

/// `-o FILE, --output=FILE  text`, as the options and the bytes before the text.
fn option(line: &str) -> Option<(&str, usize)> {
    let after = line
        .strip_prefix("--")
        .or_else(|| line.strip_prefix('-'))
        .or_else(|| line.strip_prefix('/'))?;
    if !after.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let end = line.find("  ").unwrap_or(line.len());
    let options = &line[..end];
    let sound = options.split(", ").all(|option| {
        option.starts_with(['-', '/']) && option.split(' ').count() <= 2 && !option.contains('`')
    });
    let short = !line.starts_with("--") && !line.starts_with('/');
    // `-5 degrees` and `-text` are words.
    let letter = !short
        || after.len() == 1
        || after[1..].starts_with([' ', ','])
        || after.starts_with(char::is_uppercase);
    (sound && letter && !after.starts_with(|c: char| c.is_ascii_digit()))
        .then(|| (options, line.len() - line[end..].trim_start().len()))
}

fn pairs(
    reader: &mut Reader,
    blocks: &mut Vec<Block>,
    lines: &[&str],
    at: usize,
    depth: usize,
    name_of: fn(&str) -> Option<(&str, usize)>,
    block: fn(Vec<(String, Vec<Block>)>) -> Block,
) -> usize {
    let mut items = Vec::new();
    let mut from = at;
    let mut end = at;
    while let Some((name, width)) = lines.get(from).and_then(|line| name_of(line)) {
        let length = 1 + if from + 1 < lines.len() {
            run(lines, from + 1, 1)
        } else {
            0
        };
        let mut inner = vec![&lines[from][width..]];
        inner.extend(dedent(&lines[from + 1..from + length]));
        items.push((name.to_owned(), reader.nested(&inner, depth + 1)));
        end = from + length;
        from = end + blank_lines(lines, end);
    }
    blocks.push(block(items));
    end - at
}

fn line_block(blocks: &mut Vec<Block>, lines: &[&str], at: usize) -> usize {
    let length = paragraph_length(lines, at);
    let mut shown: Vec<(usize, String)> = Vec::new();
    for line in &lines[at..at + length] {
        match line.strip_prefix('|') {
            Some(rest) => {
                let columns = indent(rest).unwrap_or(0).saturating_sub(1);
                shown.push((columns, rest.trim().to_owned()));
            }
            None => match shown.last_mut() {
                Some((_, words)) => {
                    words.push('\n');
                    words.push_str(line.trim());
                }
                None => shown.push((0, join(&[line]))),
            },
        }
    }
    blocks.push(Block::Lines(shown));
    length
}
