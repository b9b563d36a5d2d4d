//! Texts as HTML.

/// A text in which nothing is markup.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text in which only what stands between backticks is marked.
pub fn inline(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            marked += &format!("<code>{}</code>", escape(part));
        } else {
            marked += &escape(part);
        }
    }
    marked
}

/// Paragraphs, which empty lines divide.
pub fn paragraphs(text: &str) -> String {
    let paragraphs = text.split("\n\n").filter(|text| !text.is_empty());
    paragraphs
        .map(|text| format!("<p>{}</p>\n", inline(text)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup_but_backticks() {
        assert_eq!(
            paragraphs("a <b> & `c<d>`\n\n\"e\""),
            "<p>a &lt;b&gt; &amp; <code>c&lt;d&gt;</code></p>\n<p>&quot;e&quot;</p>\n"
        );
    }
}
