//! Where in a text something is wrong, as an editor shows it.

/// A place in a text that a person wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line, from 1. Lines end with a line feed.
    pub line: u32,
    /// The column, from 1, in characters (not bytes).
    pub column: u32,
}

impl Place {
    /// The beginning of every text.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place of the byte at `offset`. An offset within a character means that character; one
    /// behind the end means the end.
    pub fn of(text: &str, offset: usize) -> Self {
        let offset = text.floor_char_boundary(offset);
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let column = before[line_start..].chars().count();
        Self {
            line: count(line),
            column: count(column),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// From "how many are before" to "which one", without wrapping on texts of 4 GiB.
fn count(before: usize) -> u32 {
    u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_and_columns_begin_at_one_and_count_characters() {
        let text = "aä\n\n😀b";
        let cases = [
            (0, 1, 1),
            (1, 1, 2),
            (2, 1, 2),
            (3, 1, 3),
            (4, 2, 1),
            (5, 3, 1),
            (7, 3, 1),
            (9, 3, 2),
            (10, 3, 3),
            (99, 3, 3),
        ];
        for (offset, line, column) in cases {
            assert_eq!(Place::of(text, offset), Place { line, column }, "{offset}");
        }
        assert_eq!(Place::of("", 0), Place::START);
        assert_eq!(Place::START.to_string(), "line 1, column 1");
    }

    proptest! {
        #[test]
        fn places_grow_with_offsets(text: String, a in 0usize..64, b in 0usize..64) {
            let (first, second) = (a.min(b), a.max(b));
            prop_assert!(Place::of(&text, first) <= Place::of(&text, second));
        }
    }
}
