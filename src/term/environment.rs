//! What the program takes from its environment: the state directory, the terminal's abilities, and the programs it may start.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::config::Openers;
use crate::store::StateDirectory;

/// What stands around the program.
#[derive(Debug)]
pub struct Environment {
    /// Where marks are kept.
    pub state_dir: StateDirectory,
    /// Hash of what is read, for what was there at the last visit.
    pub source_key: u64,
    /// The reader's own programs.
    pub(super) programs: Programs,
    /// The terminal may be told of links (OSC 8).
    pub(super) has_hyperlinks: bool,
    /// The home directory, for a path that begins with `~/`.
    pub(super) home: Option<PathBuf>,
    /// A directory for files that do not last.
    pub temp_dir: PathBuf,
}

impl Environment {
    /// Programs are those of the config file, else what the variables name, as `VISUAL` and `EDITOR` do, else what systems
    /// of the kind have.
    #[must_use]
    pub fn new(
        place: StateDirectory,
        source: u64,
        openers: Openers,
        variable: impl Fn(&str) -> Option<OsString>,
        scratch: PathBuf,
    ) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let bare = |term: OsString| term == "dumb" || term == "linux";
        Self {
            has_hyperlinks: set("DATELINE_NO_LINKS").is_none() && !set("TERM").is_some_and(bare),
            state_dir: place,
            source_key: source,
            home: variable("HOME").map(PathBuf::from),
            programs: Programs::new(openers, variable),
            temp_dir: scratch,
        }
    }
}

// Which programs of the reader's are started for an editor, a link or the clipboard: as the config file or the
// system says.

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

// The zone of the machine, read from its own file alone: looking through the database of all zones takes longer
// than the rest of a start.

/// The zone of the machine: mostly a link into the database of zones, by whose path the zone is named.
const LOCAL: &str = "/etc/localtime";

/// The zone of the machine, as [`TimeZone::system`] finds it. Where a variable names a zone or a database, or where the
/// file is no link that names a zone, that is asked. `variable`: what the environment says.
#[must_use]
pub fn system_zone(variable: impl Fn(&str) -> Option<OsString>) -> TimeZone {
    // An empty `TZ` counts, too: it means UTC.
    let is_set = ["TZ", "TZDIR"].iter().any(|name| variable(name).is_some());
    let linked = (!is_set).then(|| linked_zone(Path::new(LOCAL))).flatten();
    linked.unwrap_or_else(TimeZone::system)
}

/// The zone that a link into a database of zones leads to: `/usr/share/zoneinfo/Europe/Oslo`, on macOS
/// `/var/db/timezone/zoneinfo/Europe/Oslo`. `None` where jiff may know better.
fn linked_zone(link: &Path) -> Option<TimeZone> {
    let target = fs::read_link(link).ok()?;
    let (_, name) = target.to_str()?.rsplit_once("zoneinfo/")?;
    let is_name = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    // jiff's database holds neither of these second copies; that in `right/` counts leap seconds.
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

    /// A file of a zone one hour east of Greenwich.
    fn tzif() -> Vec<u8> {
        let header = |version: u8| {
            let mut header = b"TZif".to_vec();
            header.push(version);
            header.extend([0; 15]);
            // No transitions; one kind of time, of four letters with their end.
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

    /// The name of the zone that `etc/localtime` leads to when it is a link to there.
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
            (
                "../var/db/timezone/zoneinfo/Europe/Oslo",
                Some("Europe/Oslo"),
            ),
            // It need not be there: there is but one UTC.
            ("../usr/share/zoneinfo/UTC", Some("UTC")),
            ("../usr/share/zoneinfo/posix/Europe/Oslo", None),
            ("../usr/share/zoneinfo/right/Europe/Oslo", None),
            ("../usr/share/zoneinfo/Etc/Unknown", None),
            ("../usr/share/zoneinfo/leapseconds", None),
            ("../usr/share/zoneinfo/Europe", None),
            ("../usr/share/zoneinfo/Europe/Atlantis", None),
            (
                "../usr/share/zoneinfo/../zoneinfo.default/Europe/Oslo",
                None,
            ),
            ("../usr/share/zoneinfo.default/Europe/Oslo", None),
            ("../usr/share/zoneinfo/", None),
            ("zone", None),
        ] {
            assert_eq!(named(&folder, target).as_deref(), name, "{target}");
        }
        // No link at all: a file, or nothing.
        assert_eq!(linked_zone(&folder.0.join("etc/zone")), None);
        assert_eq!(linked_zone(&folder.0.join("etc/nothing")), None);
    }

    #[test]
    fn the_zone_is_the_one_that_jiff_finds() {
        let real = |name: &str| std::env::var_os(name);
        assert_eq!(system_zone(real), TimeZone::system());
        // What the variables say is left to jiff, also where they say nothing.
        for set in ["TZ", "TZDIR"] {
            let variable = |name: &str| (name == set).then(OsString::new);
            assert_eq!(system_zone(variable), TimeZone::system(), "{set}");
        }
    }
}
