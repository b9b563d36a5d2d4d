//! The costs as a table for people.

use std::fmt::Write as _;

use super::Cost;

/// One line for each cost, with its target beside it; missing one is said, and is no failure.
pub fn table(costs: &[Cost]) -> String {
    let mut text = format!(
        "composing, us per delivery, one thread; templates and script above a plain delivery\n  {:<42}{:>12}{:>12}{:>12}\n",
        "", "median", "least", "most"
    );
    for cost in costs {
        let line = format!(
            "  {:<42}{:>12}{:>12.2}{:>12.2}   {}",
            cost.label,
            format!(
                "{}{:.2}",
                if cost.above_plain { "+" } else { "" },
                cost.median_us
            ),
            cost.least_us,
            cost.most_us,
            verdict(cost),
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn verdict(cost: &Cost) -> String {
    cost.target_us.map_or_else(String::new, |target_us| {
        let met = cost.median_us <= target_us;
        format!("goal <= {target_us} {}", if met { "met" } else { "MISSED" })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cost_has_a_line_with_its_target() {
        let cost = |label, median_us, target_us: Option<f64>| Cost {
            name: "x",
            label,
            above_plain: target_us.is_some(),
            median_us,
            least_us: 1.0,
            most_us: 12.345,
            target_us,
        };
        let text = table(&[
            cost("plain", 2.0, None),
            cost("template", 4.999, Some(5.0)),
            cost("script", 61.0, Some(60.0)),
        ]);
        let lines: Vec<&str> = text.lines().skip(2).collect();
        assert!(lines[0].ends_with("2.00        1.00       12.35"), "{text}");
        assert!(lines[1].contains("+5.00 "), "{text}");
        assert!(lines[1].ends_with("goal <= 5 met"), "{text}");
        assert!(lines[2].ends_with("goal <= 60 MISSED"), "{text}");
    }
}
