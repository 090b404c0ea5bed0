//! Grid tables and simple tables.

use super::blocks::{Reader, paragraph_length};
use super::lines::{dedent, indent};
use super::tree::{Block, Cell, Table};

/// More cells than this are shown as written.
const MAX_CELLS: usize = 50_000;
/// Likewise for grids, whose cells have to be searched for.
const MAX_GRID: usize = 4_000;

/// Reads the table at `at`, if one is there, and gives the number of its lines.
pub fn read(
    reader: &mut Reader,
    blocks: &mut Vec<Block>,
    lines: &[&str],
    at: usize,
    depth: usize,
) -> Option<usize> {
    let line = lines[at];
    if line.len() > 2
        && line.starts_with("+-")
        && line.ends_with('+')
        && line.bytes().all(|b| b == b'+' || b == b'-')
    {
        let length = paragraph_length(lines, at);
        let table = grid(reader, &lines[at..at + length], depth);
        blocks.push(table.map_or_else(
            || Block::AsWritten(lines[at..at + length].join("\n")),
            Block::Table,
        ));
        return Some(length);
    }
    let rule = line.contains("= ") && line.contains("==") && is_rule(line, b'=');
    rule.then(|| simple(reader, blocks, lines, at, depth))
        .flatten()
}

fn is_rule(line: &str, mark: u8) -> bool {
    !line.is_empty() && line.bytes().all(|b| b == mark || b == b' ')
}

/// A character grid; what lies outside a short line is a space. Whether a line runs unbroken between two points is
/// answered from running counts, so that finding the cells stays cheap whatever the grid.
struct Grid {
    rows: Vec<Vec<char>>,
    /// For each row, how many characters up to a column are no part of a horizontal line.
    breaks_right: Vec<Vec<usize>>,
    /// For each row, how many characters above it in a column are no part of a vertical line.
    breaks_down: Vec<Vec<usize>>,
}

impl Grid {
    fn new(lines: &[&str]) -> Self {
        let rows: Vec<Vec<char>> = lines.iter().map(|line| line.chars().collect()).collect();
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut grid = Self {
            rows,
            breaks_right: Vec::new(),
            breaks_down: vec![vec![0; width + 1]],
        };
        for row in 0..grid.rows.len() {
            let mut right = vec![0; width + 1];
            let mut down = grid.breaks_down[row].clone();
            for column in 0..width {
                let c = grid.at(row, column);
                right[column + 1] = right[column] + usize::from(!matches!(c, '-' | '=' | '+'));
                down[column] += usize::from(!matches!(c, '|' | '+'));
            }
            grid.breaks_right.push(right);
            grid.breaks_down.push(down);
        }
        grid
    }

    fn runs_right(&self, row: usize, from: usize, to: usize) -> bool {
        self.breaks_right[row][from] == self.breaks_right[row][to]
    }

    fn runs_down(&self, column: usize, from: usize, to: usize) -> bool {
        self.breaks_down[from][column] == self.breaks_down[to][column]
    }

    fn at(&self, row: usize, column: usize) -> char {
        self.rows
            .get(row)
            .and_then(|row| row.get(column))
            .copied()
            .unwrap_or(' ')
    }
}

/// Cells are found from their upper left corner: to the right along the top, then down, then the box is checked.
fn grid(reader: &mut Reader, lines: &[&str], depth: usize) -> Option<Table> {
    let (height, width) = (lines.len(), lines[0].len());
    let widest = lines.iter().map(|line| line.len()).max()?;
    if height < 3 || height.checked_mul(widest)? > 1_000_000 {
        return None;
    }
    let grid = Grid::new(lines);
    if grid.at(height - 1, 0) != '+' {
        return None;
    }
    let rules: Vec<usize> = (0..height)
        .filter(|&row| grid.at(row, 0) == '+' || has_junction(&grid, row))
        .collect();
    let edges: Vec<usize> = (0..width)
        .filter(|&column| (0..height).any(|row| grid.at(row, column) == '+'))
        .collect();
    let head_rule = (1..height - 1).find(|&row| {
        grid.at(row, 0) == '+'
            && grid.at(row, 1) == '='
            && grid.rows[row].iter().all(|c| matches!(c, '+' | '='))
    });
    if rules.len().checked_mul(edges.len())? > MAX_GRID {
        return None;
    }
    let mut table = Table::default();
    let mut covered = vec![false; rules.len() * edges.len()];
    for (r, &top) in rules.iter().enumerate().take(rules.len() - 1) {
        let mut cells = Vec::new();
        for (c, &left) in edges.iter().enumerate().take(edges.len() - 1) {
            if covered[r * edges.len() + c] || grid.at(top, left) != '+' {
                continue;
            }
            let Some((down, right)) = extent(&grid, &rules[r..], &edges[c..]) else {
                continue;
            };
            for row in r..r + down {
                for column in c..c + right {
                    covered[row * edges.len() + column] = true;
                }
            }
            let inner: Vec<String> = (top + 1..rules[r + down])
                .map(|row| {
                    (left + 1..edges[c + right])
                        .map(|column| grid.at(row, column))
                        .collect::<String>()
                })
                .map(|line| line.trim_end().to_owned())
                .collect();
            let inner: Vec<&str> = inner.iter().map(String::as_str).collect();
            let blocks = reader.nested(&dedent(&inner), depth + 1);
            cells.push(Cell {
                columns: right,
                rows: down,
                blocks,
            });
        }
        let in_head = head_rule.is_some_and(|rule| top < rule);
        if in_head {
            table.head.push(cells);
        } else {
            table.body.push(cells);
        }
    }
    // Every box of the grid belongs to a cell, or something would be missing.
    let whole =
        (0..rules.len() - 1).all(|r| (0..edges.len() - 1).all(|c| covered[r * edges.len() + c]));
    whole.then_some(table)
}

fn has_junction(grid: &Grid, row: usize) -> bool {
    grid.rows[row]
        .windows(2)
        .any(|pair| matches!(pair, ['+', '-' | '=']))
}

/// How many rules down and edges right the cell reaches whose corner is the first of both.
fn extent(grid: &Grid, rules: &[usize], edges: &[usize]) -> Option<(usize, usize)> {
    let (top, left) = (rules[0], edges[0]);
    for (right, &edge) in edges.iter().enumerate().skip(1) {
        if !grid.runs_right(top, left, edge + 1) {
            return None;
        }
        if grid.at(top, edge) != '+' {
            continue;
        }
        for (down, &rule) in rules.iter().enumerate().skip(1) {
            if !grid.runs_down(left, top, rule + 1) || !grid.runs_down(edge, top, rule + 1) {
                break;
            }
            let corners = grid.at(rule, left) == '+' && grid.at(rule, edge) == '+';
            if corners && grid.runs_right(rule, left, edge + 1) {
                return Some((down, right));
            }
        }
    }
    None
}

/// A simple table: columns by the first rule, rows by lines whose first column is filled.
fn simple(
    reader: &mut Reader,
    blocks: &mut Vec<Block>,
    lines: &[&str],
    at: usize,
    depth: usize,
) -> Option<usize> {
    let length = simple_length(lines, at)?;
    let columns = columns(lines[at]);
    if columns.len().checked_mul(length)? > MAX_CELLS {
        blocks.push(Block::AsWritten(lines[at..at + length].join("\n")));
        return Some(length);
    }
    let inner = &lines[at + 1..at + length - 1];
    let head_end = inner.iter().position(|line| is_rule(line, b'='));
    let mut table = Table::default();
    let mut row: Vec<&str> = Vec::new();
    for (number, line) in inner.iter().enumerate() {
        let spans = !row.is_empty() && line.len() > 1 && is_rule(line, b'-');
        if is_rule(line, b'=') || spans {
            let shape = if spans {
                self::columns(line)
            } else {
                columns.clone()
            };
            let in_head = head_end.is_some_and(|end| number <= end);
            push_row(
                reader, &mut table, &mut row, &shape, &columns, in_head, depth,
            );
            continue;
        }
        let first = columns.first().map_or(1, |column| column.1);
        let starts_row = indent(line).is_some_and(|blank| blank < first);
        // A blank line stays in its row: what comes after it decides.
        if starts_row && row.iter().any(|line| !line.is_empty()) {
            let in_head = head_end.is_some_and(|end| number <= end);
            push_row(
                reader, &mut table, &mut row, &columns, &columns, in_head, depth,
            );
        }
        row.push(line);
    }
    push_row(
        reader, &mut table, &mut row, &columns, &columns, false, depth,
    );
    blocks.push(Block::Table(table));
    Some(length)
}

/// Up to the second rule, or the third where the second is followed by more rows.
fn simple_length(lines: &[&str], at: usize) -> Option<usize> {
    let mut rules = 1;
    for (offset, line) in lines[at + 1..].iter().enumerate() {
        if !line.contains("==") || !is_rule(line, b'=') {
            // Nothing in a table stands left of it, and it starts where it starts.
            continue;
        }
        rules += 1;
        let ends = lines
            .get(at + offset + 2)
            .is_none_or(|next| next.is_empty());
        if ends || rules == 3 {
            return Some(offset + 2);
        }
    }
    None
}

/// Start and end of each column of a rule.
fn columns(rule: &str) -> Vec<(usize, usize)> {
    let mut columns = Vec::new();
    let mut start = None;
    for (at, byte) in rule.bytes().chain([b' ']).enumerate() {
        match (byte, start) {
            (b' ', Some(from)) => {
                columns.push((from, at));
                start = None;
            }
            (b' ', None) | (_, Some(_)) => {}
            (_, None) => start = Some(at),
        }
    }
    columns
}

fn push_row(
    reader: &mut Reader,
    table: &mut Table,
    row: &mut Vec<&str>,
    shape: &[(usize, usize)],
    columns: &[(usize, usize)],
    in_head: bool,
    depth: usize,
) {
    let lines: Vec<Vec<char>> = std::mem::take(row)
        .iter()
        .map(|line| line.chars().collect())
        .collect();
    if lines.iter().all(Vec::is_empty) {
        return;
    }
    let mut cells = Vec::new();
    for (number, &(from, to)) in shape.iter().enumerate() {
        // The text of a column may run to the next one, that of the last as far as it likes.
        let next = shape.get(number + 1).map_or(usize::MAX, |column| column.0);
        let inner: Vec<String> = lines
            .iter()
            .map(|line| {
                let end = next.min(line.len());
                let text: String = line
                    .get(from.min(end)..end)
                    .unwrap_or_default()
                    .iter()
                    .collect();
                text.trim_end().to_owned()
            })
            .collect();
        let inner: Vec<&str> = inner.iter().map(String::as_str).collect();
        let spanned = columns
            .iter()
            .filter(|column| column.0 >= from && column.0 < to.max(from + 1))
            .count();
        let blocks = reader.nested(&dedent(&inner), depth + 1);
        cells.push(Cell {
            columns: spanned.max(1),
            rows: 1,
            blocks,
        });
    }
    if in_head {
        table.head.push(cells);
    } else {
        table.body.push(cells);
    }
}
