//! The nearest of some names to a misspelt one, for suggestions.

/// The name that a misspelt one is nearest to: at most two letters off, and one in names of two or three.
#[must_use]
pub fn nearest_name<'a>(names: impl IntoIterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let limit = |known: &str| {
        if known.len().min(name.len()) < 4 {
            1
        } else {
            2
        }
    };
    names
        .into_iter()
        .filter(|known| known.len().abs_diff(name.len()) <= 2)
        .map(|known| (edit_distance(known, name), known))
        .filter(|&(off, known)| off <= limit(known))
        .min_by_key(|&(off, _)| off)
        .map(|(_, known)| known)
}

/// Letters to change, add, leave out or swap with the next to make one word of the other.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut best = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest_name;

    #[test]
    fn a_swap_is_one_letter_off() {
        assert_eq!(nearest_name(["view", "mute"], "veiw"), Some("view"));
        assert_eq!(nearest_name(["view", "mute"], "weave"), None);
        assert_eq!(nearest_name(["é"], "e"), Some("é"));
    }
}
