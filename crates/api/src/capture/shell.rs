//! Texts and bytes in commands for a POSIX shell, so that pasting one is safe: no byte of a
//! capture ends a quotation, moves the cursor, completes a word or recalls history.

use std::fmt::Write;

/// An argument. A NUL, which no argument can contain, is left out.
pub fn argument(bytes: &[u8]) -> String {
    match inline(bytes) {
        Some(text) => quoted(text),
        None => format!("\"$({})\"", printf(&without_nul(bytes))),
    }
}

/// A text that stands in single quotes as it is; none where it must go through [`printf`]. Line
/// feeds may stand there, tabs may not: a shell that is typed to takes them for a question.
pub fn inline(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.chars()
        .all(|character| character == '\n' || is_printable(character))
        .then_some(text)
}

/// A text in single quotes.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A command that writes any bytes, without a single quote inside of its own quotation and
/// without what a shell finds inside double quotes.
pub fn printf(bytes: &[u8]) -> String {
    let mut command = String::from("printf '");
    for (position, chunk) in bytes.utf8_chunks().enumerate() {
        for (offset, character) in chunk.valid().char_indices() {
            // A minus in front would be an option.
            let is_first = position == 0 && offset == 0;
            match character {
                '\n' => command.push_str(r"\n"),
                '\r' => command.push_str(r"\r"),
                '\t' => command.push_str(r"\t"),
                '\\' => command.push_str(r"\\"),
                '%' => command.push_str("%%"),
                '-' if is_first => octal(&mut command, b"-"),
                '\'' | '!' => octal(&mut command, &[character as u8]),
                _ if is_printable(character) => command.push(character),
                _ => octal(&mut command, character.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        octal(&mut command, chunk.invalid());
    }
    command.push('\'');
    command
}

fn octal(command: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(command, "\\{byte:03o}");
    }
}

/// Whether a terminal shows the character and does nothing else. Those that change a line's
/// direction or are not seen would show another command than the one that runs.
fn is_printable(character: char) -> bool {
    let is_hidden = matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    );
    !character.is_control() && !is_hidden
}

fn without_nul(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| *byte != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_stay_readable() {
        assert_eq!(
            argument(b"X-A: it's 5 $ & `x` \"y\" !"),
            r#"'X-A: it'\''s 5 $ & `x` "y" !'"#
        );
        assert_eq!(argument("é\n😀".as_bytes()), "'é\n😀'");
        assert_eq!(
            argument(b"caf\xe9's 5%\0!"),
            r#""$(printf 'caf\351\047s 5%%\041')""#
        );
        assert_eq!(
            argument("a\u{202e}b".as_bytes()),
            r#""$(printf 'a\342\200\256b')""#
        );
        assert_eq!(
            printf(b"-a-\x1b[0m\\n\r\n\t\x001"),
            r"printf '\055a-\033[0m\\n\r\n\t\0001'"
        );
        assert_eq!(printf(b""), "printf ''");
    }

    #[cfg(unix)]
    fn written(script: &str) -> Vec<u8> {
        let output = std::process::Command::new("sh")
            .args(["-c", script])
            .output()
            .unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{script}: {output:?}"
        );
        output.stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[cfg(unix)]
        #[test]
        fn a_shell_gives_every_byte_back(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(written(&printf(&bytes)), bytes.as_slice());
            // A substitution takes line feeds from the end.
            let text: Vec<u8> = without_nul(&bytes).into_iter().chain([b'.']).collect();
            prop_assert_eq!(written(&format!("printf %s {}", argument(&text))), text);
        }

        #[cfg(unix)]
        #[test]
        fn a_shell_gives_every_text_back(text in "[ -~\n\té😀]{0,200}[.]") {
            let script = format!("printf %s {}", argument(text.as_bytes()));
            prop_assert_eq!(written(&script), text.as_bytes());
            prop_assert_eq!(written(&printf(text.as_bytes())), text.as_bytes());
        }
    }
}
