//! Settings from the environment: state directory, hyperlink support, the user's editor, browser and clipboard
//! programs, and the system's time zone.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::app::OpenerChange;
use crate::config::Openers;
use crate::store::StateDirectory;

/// The environment in which the screen runs.
#[derive(Debug)]
pub struct Environment {
    /// Where marks are stored.
    pub state_dir: StateDirectory,
    /// Hash of the inputs, under which the items of the last visit are stored.
    pub source_key: u64,
    /// The user's own programs.
    pub(super) programs: Programs,
    /// Whether links may be sent to the terminal (OSC 8).
    pub(super) has_hyperlinks: bool,
    /// The home directory, for paths that begin with `~/`.
    pub(super) home: Option<PathBuf>,
    /// A directory for temporary files.
    pub temp_dir: PathBuf,
}

impl Environment {
    /// Reads the environment. `variable` returns the value of an environment variable. Programs are those
    /// of the config file, else those of the variables, else the system's usual ones.
    #[must_use]
    pub fn new(
        state_dir: StateDirectory,
        source_key: u64,
        openers: Openers,
        variable: impl Fn(&str) -> Option<OsString>,
        temp_dir: PathBuf,
    ) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        // The Linux console, and terminals without any abilities, may print the escape sequence of a link.
        let is_bare = |term: OsString| term == "dumb" || term == "linux";
        Self {
            has_hyperlinks: set("DATELINE_NO_LINKS").is_none() && !set("TERM").is_some_and(is_bare),
            state_dir,
            source_key,
            home: variable("HOME").map(PathBuf::from),
            programs: Programs::new(openers, variable),
            temp_dir,
        }
    }
}

// The user's programs: editor, browser, clipboard.

/// The commands to run, each as a program and its arguments.
#[derive(Debug, Clone, Default)]
pub(super) struct Programs {
    pub(super) editor: Vec<String>,
    /// Opens a URL.
    pub(super) url: Vec<String>,
    /// Commands that copy their standard input to the clipboard, tried in order until one works.
    pub(super) clipboard: Vec<Vec<String>>,
    /// The clipboard command comes from the config file.
    pub(super) is_clipboard_configured: bool,
    /// Commands typed after `|` are run by a shell.
    pub(super) uses_shell: bool,
}

/// Clipboard programs, each with the environment variable that is set if its clipboard exists.
const CLIPBOARD_PROGRAMS: &[(&str, &[&str])] = &[
    ("WAYLAND_DISPLAY", &["wl-copy"]),
    ("DISPLAY", &["xclip", "-selection", "clipboard"]),
    ("DISPLAY", &["xsel", "--clipboard", "--input"]),
];

impl Programs {
    /// Chooses the programs: those of the config file, else `VISUAL` or `EDITOR` for the editor, else what the
    /// operating system usually has. Over ssh a program could only reach the clipboard of the remote host, so that only
    /// a configured one is used.
    pub(super) fn new(openers: Openers, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| set(name).map(|value| value.to_string_lossy().into_owned());
        let owned = |words: &[&str]| words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
        let editor = text("VISUAL").or_else(|| text("EDITOR"));
        let editor = editor.map(|line| {
            let plain = || line.split_whitespace().map(str::to_owned).collect();
            split_words(&line).map_or_else(|_| plain(), word_texts)
        });
        let is_remote = ["SSH_TTY", "SSH_CONNECTION"].iter().any(|n| set(n).is_some());
        let clipboard: Vec<Vec<String>> = if is_remote {
            Vec::new()
        } else if cfg!(target_os = "macos") {
            vec![owned(&["pbcopy"])]
        } else {
            let available = CLIPBOARD_PROGRAMS.iter().filter(|(name, _)| set(name).is_some());
            available.map(|(_, command)| owned(command)).collect()
        };
        let open = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        Self {
            editor: openers.editor.or(editor).unwrap_or_else(|| owned(&["vi"])),
            url: openers.url.unwrap_or_else(|| owned(&[open])),
            is_clipboard_configured: openers.clipboard.is_some(),
            clipboard: openers.clipboard.map_or(clipboard, |command| vec![command]),
            uses_shell: openers.shell,
        }
    }

    /// Uses another program from now on.
    pub(super) fn change(&mut self, change: OpenerChange) {
        match change {
            OpenerChange::Url(command) => self.url = command,
            OpenerChange::Editor(command) => self.editor = command,
            OpenerChange::Clipboard(command) => {
                self.is_clipboard_configured = true;
                self.clipboard = vec![command];
            }
            OpenerChange::Shell(is_used) => self.uses_shell = is_used,
        }
    }

    /// Splits a typed command line into a program and its arguments, or passes it to `/bin/sh` if configured.
    ///
    /// # Errors
    /// A sentence if the line is empty, a quote is not closed, or it has operators that only a shell understands.
    pub(super) fn parse_line(&self, line: &str) -> Result<Vec<String>, String> {
        if self.uses_shell {
            return Ok(vec!["/bin/sh".to_owned(), "-c".to_owned(), line.to_owned()]);
        }
        let words = split_words(line)?;
        let is_operator =
            |word: &&CommandWord| !word.quoted && SHELL_OPERATORS.contains(&word.text.as_str());
        match words.iter().find(is_operator) {
            Some(operator) => Err(format!(
                "no shell reads this, so {} would be an argument: set shell = true under [open] in the config file to use one",
                operator.text
            )),
            None if words.is_empty() => Err("there is no command".to_owned()),
            None => Ok(word_texts(words)),
        }
    }
}

/// Words with a meaning in a shell, but not to a program that is started directly: probably typed in error.
const SHELL_OPERATORS: &[&str] = &["|", "||", "&", "&&", ";", ">", ">>", "<", "2>", "2>&1"];

/// A word of a command line, without its quotes.
#[derive(Debug, Default)]
struct CommandWord {
    text: String,
    /// Some of it was quoted, so that it is never an operator.
    quoted: bool,
}

/// Splits a command line into words as a shell does, without expanding variables or patterns (POSIX.1-2024, Shell
/// Command Language, 2.2).
///
/// # Errors
/// A sentence if a quote is not closed.
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
            // In double quotes a backslash is an ordinary character, except before these.
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

/// The texts of words, without the information on quotes.
fn word_texts(words: Vec<CommandWord>) -> Vec<String> {
    words.into_iter().map(|word| word.text).collect()
}

/// Replaces `{}` by a value in the words of a command; if no word has it, the value becomes the last argument.
pub(super) fn fill_placeholder(command: &[String], value: &str) -> Vec<String> {
    let mut words: Vec<String> = command.iter().map(|w| w.replace("{}", value)).collect();
    if command.iter().all(|word| !word.contains("{}")) {
        words.push(value.to_owned());
    }
    words
}

// The system's time zone.

/// The system's time zone: usually a link into the zone database, whose path ends with the name of the zone.
const LOCAL: &str = "/etc/localtime";

/// The system's time zone, the same as [`TimeZone::system`] but faster: reads the file of the one zone. Looking through
/// the database of all zones would take longer than the rest of the start.
///
/// Falls back to [`TimeZone::system`] if `TZ` or `TZDIR` is set, or if `/etc/localtime` is not a link that names a
/// zone. `variable` returns the value of an environment variable.
#[must_use]
pub fn system_zone(variable: impl Fn(&str) -> Option<OsString>) -> TimeZone {
    // An empty `TZ` counts, too: it means UTC.
    let is_set = ["TZ", "TZDIR"].iter().any(|name| variable(name).is_some());
    let linked = (!is_set).then(|| linked_zone(Path::new(LOCAL))).flatten();
    linked.unwrap_or_else(TimeZone::system)
}

/// The zone that a link into the zone database points to, such as `/usr/share/zoneinfo/Europe/Oslo` or, on macOS,
/// `/var/db/timezone/zoneinfo/Europe/Oslo`. `None` if jiff might find another zone.
fn linked_zone(link: &Path) -> Option<TimeZone> {
    let target = fs::read_link(link).ok()?;
    let (_, name) = target.to_str()?.rsplit_once("zoneinfo/")?;
    let is_name = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    // jiff ignores these copies of the database; the zones in `right/` count leap seconds.
    let is_copy = name.starts_with("posix/") || name.starts_with("right/");
    if !is_name || is_copy || name.eq_ignore_ascii_case("Etc/Unknown") {
        return None;
    }
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    TimeZone::tzif(name, &fs::read(link).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;

    #[track_caller]
    fn check(command: &str, expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(|&word| word.to_owned()).collect();
        assert_eq!(split_words(command).map(word_texts), Ok(expected), "{command}");
    }

    #[test]
    fn commands_are_split_into_words() {
        check("vi", &["vi"]);
        check("  emacs  -nw ", &["emacs", "-nw"]);
        check("\"/opt/my editor/ed\" --wait", &["/opt/my editor/ed", "--wait"]);
        check("/opt/my\\ editor/ed ''", &["/opt/my editor/ed", ""]);
        check("sh -c 'rm x'; y", &["sh", "-c", "rm x;", "y"]);
        check("", &[]);
        check(r#"grep "\bfoo\b" "a\"b\\c\$d""#, &["grep", r"\bfoo\b", r#"a"b\c$d"#]);
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
    fn a_clipboard_program_is_used_if_there_is_a_clipboard() {
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
    fn the_variables_name_the_editor() {
        assert_eq!(programs(&[]).editor, ["vi"]);
        assert_eq!(programs(&[("EDITOR", "hx -v")]).editor, ["hx", "-v"]);
        let both = [("EDITOR", "hx"), ("VISUAL", "'my ed'")];
        assert_eq!(programs(&both).editor, ["my ed"]);
    }

    #[test]
    fn shell_operators_are_refused_without_a_shell() {
        let mut programs = programs(&[]);
        assert!(programs.parse_line("grep x | wc").is_err_and(|why| why.contains("shell = true")));
        assert!(programs.parse_line("grep -c 'a|b'").is_ok_and(|words| words[2] == "a|b"));
        for line in ["cut -d '|' -f 2", r"grep \| x", "test a \">\" b"] {
            assert!(programs.parse_line(line).is_ok(), "{line}");
        }
        programs.uses_shell = true;
        assert_eq!(programs.parse_line("a | b").map(|words| words[2].clone()), Ok("a | b".into()));
    }

    #[test]
    fn placeholders_are_filled() {
        let command = |words: &[&str]| words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
        let filled = |words: &[&str]| fill_placeholder(&command(words), "x y").join("|");
        assert_eq!(filled(&["open"]), "open|x y");
        assert_eq!(filled(&["open", "--url={}", "-n"]), "open|--url=x y|-n");
    }

    /// The file of a zone one hour east of Greenwich.
    fn tzif() -> Vec<u8> {
        let header = |version: u8| {
            let mut header = b"TZif".to_vec();
            header.push(version);
            header.extend([0; 15]);
            // Counts of the header: one local time type, with an abbreviation of four bytes.
            for count in [0_u32, 0, 0, 0, 1, 4] {
                header.extend(count.to_be_bytes());
            }
            header.extend(3600_i32.to_be_bytes());
            header.extend(*b"\0\0CET\0");
            header
        };
        [header(b'2'), header(b'2'), b"\nCET-1\n".to_vec()].concat()
    }

    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// The name of the zone that is found if `etc/localtime` is a link to `target`.
    fn named(folder: &Folder, target: &str) -> Option<String> {
        let link = folder.0.join("etc/localtime");
        let _ = fs::remove_file(&link);
        symlink(target, &link).unwrap();
        let zone = linked_zone(&link)?;
        Some(zone.iana_name().unwrap_or("no name").to_owned())
    }

    #[test]
    fn links_name_the_zone() {
        let name = format!("dateline-zone-{}", std::process::id());
        let folder = Folder(std::env::temp_dir().join(name));
        for (path, bytes) in [
            ("usr/share/zoneinfo/Europe/Oslo", tzif()),
            ("usr/share/zoneinfo/posix/Europe/Oslo", tzif()),
            ("usr/share/zoneinfo/right/Europe/Oslo", tzif()),
            ("usr/share/zoneinfo/Etc/Unknown", tzif()),
            ("usr/share/zoneinfo/leapseconds", b"# leap seconds".to_vec()),
            ("usr/share/zoneinfo.default/Europe/Oslo", tzif()),
            ("var/db/timezone/zoneinfo/Europe/Oslo", tzif()),
            ("etc/zone", tzif()),
        ] {
            let path = folder.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let absolute = folder.0.join("usr/share/zoneinfo/Europe/Oslo");
        for (target, name) in [
            (absolute.to_str().unwrap(), Some("Europe/Oslo")),
            ("../usr/share/zoneinfo/Europe/Oslo", Some("Europe/Oslo")),
            ("../var/db/timezone/zoneinfo/Europe/Oslo", Some("Europe/Oslo")),
            // Need not exist: UTC is known without its file.
            ("../usr/share/zoneinfo/UTC", Some("UTC")),
            ("../usr/share/zoneinfo/posix/Europe/Oslo", None),
            ("../usr/share/zoneinfo/right/Europe/Oslo", None),
            ("../usr/share/zoneinfo/Etc/Unknown", None),
            ("../usr/share/zoneinfo/leapseconds", None),
            ("../usr/share/zoneinfo/Europe", None),
            ("../usr/share/zoneinfo/Europe/Atlantis", None),
            ("../usr/share/zoneinfo/../zoneinfo.default/Europe/Oslo", None),
            ("../usr/share/zoneinfo.default/Europe/Oslo", None),
            ("../usr/share/zoneinfo/", None),
            ("zone", None),
        ] {
            assert_eq!(named(&folder, target).as_deref(), name, "{target}");
        }
        // Not a link: a file, or nothing.
        assert_eq!(linked_zone(&folder.0.join("etc/zone")), None);
        assert_eq!(linked_zone(&folder.0.join("etc/nothing")), None);
    }

    #[test]
    fn the_system_zone_is_the_one_that_jiff_finds() {
        let real = |name: &str| std::env::var_os(name);
        assert_eq!(system_zone(real), TimeZone::system());
        // If a variable is set, jiff decides, even if it is empty.
        for set in ["TZ", "TZDIR"] {
            let variable = |name: &str| (name == set).then(OsString::new);
            assert_eq!(system_zone(variable), TimeZone::system(), "{set}");
        }
    }
}
