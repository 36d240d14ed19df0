//! Which programs of the reader's are started for an editor, a link or the clipboard: as the config file or the system says.

use std::ffi::OsString;

use crate::config::Openers;

/// What is started, each as the program and its arguments.
#[derive(Debug, Clone, Default)]
pub(super) struct Programs {
    pub(super) editor: Vec<String>,
    pub(super) url: Vec<String>,
    /// What takes a copy on its standard input: the first that does.
    pub(super) clipboard: Vec<Vec<String>>,
    /// The config file names the program for copies.
    pub(super) is_clipboard_configured: bool,
    /// What is typed after `|` is read by a shell.
    pub(super) uses_shell: bool,
}

/// Programs that reach a clipboard, and the variable that says that there is one.
const CLIPBOARD_PROGRAMS: &[(&str, &[&str])] = &[
    ("WAYLAND_DISPLAY", &["wl-copy"]),
    ("DISPLAY", &["xclip", "-selection", "clipboard"]),
    ("DISPLAY", &["xsel", "--clipboard", "--input"]),
];

impl Programs {
    /// Those of the config file; where that names none, the editor of `VISUAL` or `EDITOR`, and what systems of the kind
    /// have. Over ssh the clipboard is not here: only what the config file names is tried.
    pub(super) fn new(openers: Openers, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| set(name).map(|value| value.to_string_lossy().into_owned());
        let owned = |words: &[&str]| words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
        let named = text("VISUAL").or_else(|| text("EDITOR"));
        let named = named.map(|line| {
            let plain = || line.split_whitespace().map(str::to_owned).collect();
            split_words(&line).map_or_else(|_| plain(), word_texts)
        });
        let far = ["SSH_TTY", "SSH_CONNECTION"]
            .iter()
            .any(|n| set(n).is_some());
        let found: Vec<Vec<String>> = if far {
            Vec::new()
        } else if cfg!(target_os = "macos") {
            vec![owned(&["pbcopy"])]
        } else {
            let there = CLIPBOARD_PROGRAMS
                .iter()
                .filter(|(name, _)| set(name).is_some());
            there.map(|(_, command)| owned(command)).collect()
        };
        let open = if cfg!(target_os = "macos") {
            "open"
        } else {
            "xdg-open"
        };
        Self {
            editor: openers.editor.or(named).unwrap_or_else(|| owned(&["vi"])),
            url: openers.url.unwrap_or_else(|| owned(&[open])),
            is_clipboard_configured: openers.clipboard.is_some(),
            clipboard: openers.clipboard.map_or(found, |command| vec![command]),
            uses_shell: openers.shell,
        }
    }

    /// The program and its arguments of a line that was typed.
    ///
    /// # Errors
    /// A sentence, where there is none, or where only a shell could read it.
    pub(super) fn parse_line(&self, line: &str) -> Result<Vec<String>, String> {
        if self.uses_shell {
            return Ok(vec!["/bin/sh".to_owned(), "-c".to_owned(), line.to_owned()]);
        }
        let words = split_words(line)?;
        let is_sign =
            |word: &&CommandWord| !word.quoted && SHELL_OPERATORS.contains(&word.text.as_str());
        match words.iter().find(is_sign) {
            Some(sign) => Err(format!(
                "no shell reads this, so {} would be a word for the program: shell = true under [open] in the config file asks for one",
                sign.text
            )),
            None if words.is_empty() => Err("there is no command".to_owned()),
            None => Ok(word_texts(words)),
        }
    }
}

/// Words that mean something to a shell alone.
const SHELL_OPERATORS: &[&str] = &["|", "||", "&", "&&", ";", ">", ">>", "<", "2>", "2>&1"];

/// A word of a command.
#[derive(Debug, Default)]
struct CommandWord {
    text: String,
    /// Some of it was quoted: it means itself.
    quoted: bool,
}

/// The words of a command as a shell would part them, but for variables and patterns (POSIX.1-2024, Shell Command
/// Language, 2.2). `Err`: a quote is not closed.
fn split_words(command: &str) -> Result<Vec<CommandWord>, String> {
    let mut words: Vec<CommandWord> = Vec::new();
    let mut word: Option<CommandWord> = None;
    let mut quote = None;
    let mut letters = command.chars().peekable();
    while let Some(c) = letters.next() {
        if quote.is_none() && c.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let open = word.get_or_insert_default();
        match (c, quote) {
            (_, Some(end)) if c == end => quote = None,
            ('"' | '\'', None) => (quote, open.quoted) = (Some(c), true),
            ('\\', None) => {
                open.quoted = true;
                open.text.push(letters.next().unwrap_or(c));
            }
            // Between double quotes it keeps its own meaning before all else.
            ('\\', Some('"')) => {
                let next = letters.next_if(|next| matches!(next, '$' | '`' | '"' | '\\' | '\n'));
                open.text.extend(next.or(Some(c)).filter(|&c| c != '\n'));
            }
            _ => open.text.push(c),
        }
    }
    words.extend(word);
    match quote {
        Some(quote) => Err(format!("a {quote} is not closed in: {command}")),
        None => Ok(words),
    }
}

/// The texts of words.
fn word_texts(words: Vec<CommandWord>) -> Vec<String> {
    words.into_iter().map(|word| word.text).collect()
}

/// A command in which `{}` stands for a value; where no word has it, the value comes last.
pub(super) fn fill_placeholder(command: &[String], value: &str) -> Vec<String> {
    let mut words: Vec<String> = command.iter().map(|w| w.replace("{}", value)).collect();
    if command.iter().all(|word| !word.contains("{}")) {
        words.push(value.to_owned());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: &str, expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(|&word| word.to_owned()).collect();
        assert_eq!(
            split_words(command).map(word_texts),
            Ok(expected),
            "{command}"
        );
    }

    #[test]
    fn a_command_is_parted_into_words() {
        check("vi", &["vi"]);
        check("  emacs  -nw ", &["emacs", "-nw"]);
        check(
            "\"/opt/my editor/ed\" --wait",
            &["/opt/my editor/ed", "--wait"],
        );
        check("/opt/my\\ editor/ed ''", &["/opt/my editor/ed", ""]);
        check("sh -c 'rm x'; y", &["sh", "-c", "rm x;", "y"]);
        check("", &[]);
        check(
            r#"grep "\bfoo\b" "a\"b\\c\$d""#,
            &["grep", r"\bfoo\b", r#"a"b\c$d"#],
        );
        check(r"sed 's/\t/ /' a\ b\\", &["sed", r"s/\t/ /", r"a b\"]);
        check("a\"b \"'c'd ''", &["ab cd", ""]);
        assert!(split_words("grep 'it").is_err_and(|why| why.contains("a ' is not closed")));
    }

    #[track_caller]
    fn programs(variables: &[(&str, &str)]) -> Programs {
        Programs::new(Openers::default(), |name| {
            let of = |(n, value): &(&str, &str)| (*n == name).then(|| OsString::from(value));
            variables.iter().find_map(of)
        })
    }

    #[test]
    fn a_clipboard_is_used_where_there_is_one() {
        let first = |variables: &[(&str, &str)]| {
            let found = programs(variables).clipboard;
            found.first().map(|command| command[0].clone())
        };
        if cfg!(target_os = "macos") {
            return;
        }
        assert_eq!(first(&[]), None);
        assert_eq!(first(&[("DISPLAY", ":0")]).as_deref(), Some("xclip"));
        let both = [("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0")];
        assert_eq!(first(&both).as_deref(), Some("wl-copy"));
        assert_eq!(first(&[both[0], ("SSH_TTY", "/dev/pts/3")]), None);
        assert_eq!(first(&[("DISPLAY", "")]), None);
    }

    #[test]
    fn the_editor_is_that_of_the_variables() {
        assert_eq!(programs(&[]).editor, ["vi"]);
        assert_eq!(programs(&[("EDITOR", "hx -v")]).editor, ["hx", "-v"]);
        let both = [("EDITOR", "hx"), ("VISUAL", "'my ed'")];
        assert_eq!(programs(&both).editor, ["my ed"]);
    }

    #[test]
    fn what_only_a_shell_can_read_is_said() {
        let mut programs = programs(&[]);
        assert!(
            programs
                .parse_line("grep x | wc")
                .is_err_and(|why| why.contains("shell = true"))
        );
        assert!(
            programs
                .parse_line("grep -c 'a|b'")
                .is_ok_and(|words| words[2] == "a|b")
        );
        for line in ["cut -d '|' -f 2", r"grep \| x", "test a \">\" b"] {
            assert!(programs.parse_line(line).is_ok(), "{line}");
        }
        programs.uses_shell = true;
        assert_eq!(
            programs.parse_line("a | b").map(|words| words[2].clone()),
            Ok("a | b".into())
        );
    }

    #[test]
    fn a_value_has_its_place_in_a_command() {
        let command = |words: &[&str]| words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
        let filled = |words: &[&str]| fill_placeholder(&command(words), "x y").join("|");
        assert_eq!(filled(&["open"]), "open|x y");
        assert_eq!(filled(&["open", "--url={}", "-n"]), "open|--url=x y|-n");
    }
}
