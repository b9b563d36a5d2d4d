//! Bytes for people: offset, sixteen bytes, and what of them is ASCII.

use std::fmt::Write;

const LINE_BYTES: usize = 16;

/// The bytes as `hexdump -C` shows them, without its last line. About five times their size.
pub fn dump(bytes: &[u8]) -> String {
    // Offset, three characters a byte, the gaps, the ASCII column and the line's end.
    let mut out = String::with_capacity(bytes.len().div_ceil(LINE_BYTES) * 79);
    for (number, line) in bytes.chunks(LINE_BYTES).enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(out, "{:08x}  ", number * LINE_BYTES);
        for column in 0..LINE_BYTES {
            let _ = match line.get(column) {
                Some(byte) => write!(out, "{byte:02x} "),
                None => write!(out, "   "),
            };
            if column == LINE_BYTES / 2 - 1 {
                out.push(' ');
            }
        }
        out.push_str(" |");
        out.extend(line.iter().map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        }));
        out.push_str("|\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_hexdump_shows_it() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x7f~";
        let expected = "\
00000000  89 50 4e 47 0d 0a 1a 0a  00 00 00 0d 49 48 44 52  |.PNG........IHDR|
00000010  00 7f 7e                                          |..~|
";
        assert_eq!(dump(png), expected);
        assert_eq!(dump(b""), "");
        let bytes: Vec<u8> = (0..=255).cycle().take(4096).collect();
        let shown = dump(&bytes);
        assert_eq!(shown.lines().count(), 256);
        assert!(shown.lines().all(|line| line.len() == 78));
        let last = shown.lines().last().unwrap_or_default();
        assert!(last.starts_with("00000ff0  f0 f1"), "{last}");
    }
}
