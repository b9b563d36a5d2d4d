//! What commands print: text, tables and JSON, on standard output.

use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

/// Prints text. A reader who has seen enough (`| head`) is no error.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints JSON for programs, indented so that people can read it too.
pub fn print_json(value: &Value) -> anyhow::Result<()> {
    print(&format!("{value:#}\n"))
}

/// Text from elsewhere, safe for a terminal: control characters, which could move the cursor or
/// worse, are shown as what they are.
pub fn tame(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && !matches!(character, '\n' | '\t') {
            tamed.extend(character.escape_default());
        } else {
            tamed.push(character);
        }
    }
    tamed
}

/// Rows under headings, in columns that are as wide as they need to be.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(headings: &[&str]) -> Self {
        Self {
            rows: vec![
                headings
                    .iter()
                    .map(|heading| (*heading).to_owned())
                    .collect(),
            ],
        }
    }

    /// Adds a row; line breaks in a cell become spaces.
    pub fn row(&mut self, cells: Vec<String>) {
        let on_one_line = |cell: String| tame(&cell.replace(['\n', '\r', '\t'], " "));
        self.rows.push(cells.into_iter().map(on_one_line).collect());
    }

    /// The table as text.
    pub fn render(&self) -> String {
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(move |row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let padding = width - cell.width() + 2;
                let _ = write!(line, "{cell}{:padding$}", "");
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

/// A moment of the API for people: to the second, in UTC.
pub fn moment(timestamp: &Value) -> String {
    let text = timestamp.as_str().unwrap_or_default();
    match (text.get(..10), text.get(11..19)) {
        (Some(date), Some(time)) => format!("{date} {time}Z"),
        _ => text.to_owned(),
    }
}

/// A text of the API, empty where there is none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_line_up_whatever_is_in_them() {
        let mut table = Table::new(&["NAME", "URL"]);
        table.row(vec!["웹훅".to_owned(), "a".to_owned()]);
        table.row(vec!["\u{1b}[2J".to_owned(), "b\nc".to_owned()]);
        let lines: Vec<_> = table.render().lines().map(str::to_owned).collect();
        let starts: Vec<_> = lines
            .iter()
            .zip(["URL", "a", "b c"])
            .map(|(line, cell)| line[..line.rfind(cell).unwrap()].width())
            .collect();
        assert!(starts.iter().all(|start| *start == starts[0]), "{lines:?}");
        assert!(!table.render().contains('\u{1b}'));
    }

    #[test]
    fn moments_are_shown_to_the_second() {
        assert_eq!(
            moment(&json!("2026-11-22T04:13:08.123Z")),
            "2026-11-22 04:13:08Z"
        );
        assert_eq!(moment(&json!("soon")), "soon");
        assert_eq!(moment(&Value::Null), "");
    }
}
