//! Finds what a name that nobody knows was meant to be.

/// What people call things who come from other languages.
const ELSEWHERE: [(&str, &str); 14] = [
    ("length", "size"),
    ("len", "size"),
    ("count", "size"),
    ("any", "exists"),
    ("some", "exists"),
    ("every", "all"),
    ("includes", "contains"),
    ("lower", "lowerAscii"),
    ("toLowerCase", "lowerAscii"),
    ("upper", "upperAscii"),
    ("toUpperCase", "upperAscii"),
    ("strip", "trim"),
    ("not", "!"),
    ("event", "payload"),
];

/// A longer name is not a slip of a short one.
const NAME_MAX_CHARS: usize = 40;

/// `; did you mean 'payload'?`, for the nearest of the known names. Nothing when none is near.
pub(super) fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let elsewhere = ELSEWHERE.into_iter().find(|(other, _)| *other == name);
    if let Some((_, own)) = elsewhere {
        return format!("; did you mean '{own}'?");
    }
    let near = known
        .into_iter()
        .map(|known| (distance(name, known), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, known)| *distance <= known.len().max(4) / 2);
    match near {
        Some((_, known)) => format!("; did you mean '{known}'?"),
        None => String::new(),
    }
}

/// How many letters have to be changed, added or left out; small and capital letters are alike.
fn distance(one: &str, other: &str) -> usize {
    let one: Vec<char> = letters(one);
    let other: Vec<char> = letters(other);
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, wanted) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != wanted);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

fn letters(name: &str) -> Vec<char> {
    name.chars()
        .take(NAME_MAX_CHARS)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found() {
        let known = ["type", "payload", "channels", "tags"];
        assert_eq!(hint("paylod", known), "; did you mean 'payload'?");
        assert_eq!(hint("Type", known), "; did you mean 'type'?");
        assert_eq!(hint("chanel", known), "; did you mean 'channels'?");
        assert_eq!(hint("zzzzzzzzzz", known), "");
        assert_eq!(hint("x", []), "");
        assert_eq!(hint("length", known), "; did you mean 'size'?");
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
