//! Programs that get the terminal or a text: commands after `|`, the editor, the opener of links, the clipboard.

use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;

use crate::pty::{Terminal, text};
use crate::support::{Folder, PROGRAM};

const SEALS: &str = "Headline: Seals on the slipway\nSent: 2026-05-04T09:30:00Z\n\nTOLLEN - They came back. See https://tollen.example/seals?a=1 for more.\n";

fn wire() -> Folder {
    let folder = Folder::new();
    folder.put("seals.txt", SEALS);
    folder
}

/// A program of the reader's, as a script.
fn script(folder: &Folder, name: &str, text: &str) -> String {
    let path = folder.put(format!("../{name}"), format!("#!/bin/sh\n{text}\n"));
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&path, mode).expect("a program");
    path.display().to_string()
}

/// The wire on a desktop that has a clipboard, which does something first.
fn with_clipboard(folder: &Folder, first: &str) -> Terminal {
    let keep = "cat > ../copied.part; mv ../copied.part ../copied.txt";
    script(folder, "bin/xclip", &format!("{first}{keep}"));
    let path = std::env::var("PATH").unwrap_or_default();
    let bin = folder.wire().join("../bin");
    let variables = [("PATH", format!("{}:{path}", bin.display())), ("DISPLAY", ":77".to_owned())];
    open(folder, "", &variables)
}

fn open(folder: &Folder, config: &str, variables: &[(&str, String)]) -> Terminal {
    let file = folder.put("../config.toml", config);
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(["--config", &file.display().to_string(), "."]);
    let terminal = Terminal::run_in(folder, command, variables);
    terminal.wait("the text", |screen| text(screen).contains("They came back."));
    terminal
}

#[test]
fn a_command_has_the_terminal_and_its_end_is_told() {
    let folder = wire();
    let mut terminal = open(&folder, "", &[]);
    terminal.press("|grep -c slipway\r");
    let screen = terminal.wait("the count", |screen| {
        !screen.alternate_screen() && text(screen).contains("Enter goes back to dateline")
    });
    assert!(screen.contains("\n1\n") || screen.starts_with("1\n"), "{screen}");
    assert!(screen.contains("[grep has ended"), "{screen}");
    terminal.press("\r");
    terminal.wait("the screen", |screen| {
        screen.alternate_screen() && text(screen).contains("They came back.")
    });
    // It gives up at once, with more to read than it wants.
    terminal.press(":pipe sh -c 'exit 3'\r");
    terminal.wait_for("[sh ended with exit code 3: Enter goes back to dateline]");
    terminal.press("\r");
    terminal.wait("the exit code", |screen| {
        screen.alternate_screen() && text(screen).contains("sh ended with exit code 3")
    });
    terminal.press("|no-such-program\r");
    terminal.wait_for("no-such-program cannot be started: no such file");
    terminal.press("|a | b\r");
    terminal.wait_for("no shell reads this");
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    terminal.check_restored();
}

#[test]
fn a_program_that_takes_the_keys_needs_no_enter() {
    let folder = wire();
    // A pager in small: it takes its keys from the terminal, one by one.
    let pager = script(
        &folder,
        "pager",
        "cat >/dev/null; stty -icanon -echo </dev/tty; echo paged; head -c 1 </dev/tty >/dev/null; sleep 0.2; stty icanon echo </dev/tty",
    );
    let mut terminal = open(&folder, "", &[]);
    terminal.press(&format!("|'{pager}'\r"));
    terminal.wait_for("paged");
    terminal.press("q");
    terminal.wait("the screen", |screen| {
        screen.alternate_screen() && text(screen).contains("They came back.")
    });
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    terminal.check_restored();
}

#[test]
fn a_shell_reads_a_command_where_the_config_file_says_so() {
    let folder = wire();
    let mut terminal = open(&folder, "[open]\nshell = true\n", &[]);
    terminal.press("|cat | tr a-z A-Z | grep -o SLIPWAY\r");
    terminal.wait("the letters", |screen| {
        text(screen).contains("\nSLIPWAY") || text(screen).starts_with("SLIPWAY")
    });
    terminal.wait_for("Enter goes back to dateline");
    terminal.press("\r");
    terminal.wait("the screen", |screen| {
        screen.alternate_screen() && text(screen).contains("They came back.")
    });
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
}

#[test]
fn an_interrupt_ends_the_command_alone() {
    let folder = wire();
    let mut terminal = open(&folder, "", &[]);
    // What is typed does not contain the word that is waited for.
    terminal.press("|sh -c 'echo be\"\"gun; exec sleep 600'\r");
    terminal.wait_for("begun");
    terminal.press("\x03");
    terminal.wait_for("[sh was ended by a signal");
    terminal.press("\r");
    terminal.wait("the screen", vt100::Screen::alternate_screen);
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    terminal.check_restored();
}

#[test]
fn the_editor_gets_a_copy_that_is_not_taken_back() {
    let folder = wire();
    let editor = script(
        &folder,
        "editor",
        "cp \"$1\" ../seen.txt\nstat -c %a \"$1\" > ../mode.txt\necho more >> \"$1\"",
    );
    let mut terminal = open(&folder, "", &[("VISUAL", format!("'{editor}'"))]);
    terminal.press("E");
    terminal.wait_for("changes to the copy are not kept");
    let seen = std::fs::read_to_string(folder.wire().join("../seen.txt")).unwrap();
    assert!(seen.starts_with("Seals on the slipway\n"), "{seen}");
    let mode = std::fs::read_to_string(folder.wire().join("../mode.txt")).unwrap();
    assert_eq!(mode.trim(), "600");
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    let left = std::fs::read_dir(folder.wire().join("../home/state/dateline")).unwrap();
    let mut left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.all(|name| !name.starts_with("copy")));
}

#[test]
fn a_link_is_opened_with_the_readers_program_and_goes_to_the_terminal() {
    let folder = wire();
    let opener = script(
        &folder,
        "opener",
        "printf '%s|' \"$@\" > ../opened.part; mv ../opened.part ../opened.txt; exit 4",
    );
    let config = format!("[open]\nurl = [\"{opener}\", \"--new\", \"{{}}\"]\n");
    let mut terminal = open(&folder, &config, &[]);
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(bytes.contains(";https://tollen.example/seals?a=1\x1b\\"), "no link");
    terminal.press("gx");
    terminal.wait_for("ended with exit code 4");
    let opened = std::fs::read_to_string(folder.wire().join("../opened.txt")).unwrap();
    assert_eq!(opened, "--new|https://tollen.example/seals?a=1|");
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
}

#[test]
fn no_link_goes_to_the_terminal_where_none_is_wanted() {
    let folder = wire();
    for variable in ["DATELINE_NO_LINKS", ""] {
        let plain = variable.is_empty();
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(if plain { &["--plain", "."][..] } else { &["."] });
        let variables = [(variable, "1".to_owned())];
        let mut terminal = Terminal::run_in(&folder, command, if plain { &[] } else { &variables });
        terminal.wait_for("Seals");
        terminal.press("\r");
        terminal.wait_for("They came back.");
        assert!(!terminal.bytes().windows(4).any(|four| four == b"\x1b]8;"));
        terminal.press("Q");
        assert_eq!(terminal.code(), 0);
    }
}

#[test]
fn what_is_copied_goes_to_the_clipboard_that_is_here() {
    let folder = wire();
    let mut terminal = with_clipboard(&folder, "");
    terminal.press("yy");
    terminal.wait_for("on the clipboard");
    let copied = folder.wire().join("../copied.txt");
    let until = Instant::now() + Duration::from_secs(30);
    while !copied.exists() {
        assert!(Instant::now() < until, "nothing was copied");
        std::thread::park_timeout(Duration::from_millis(10));
    }
    let copied = std::fs::read_to_string(copied).unwrap();
    assert!(copied.starts_with("Seals on the slipway\n"), "{copied}");
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
}

#[test]
fn what_is_in_hand_is_done_before_the_program_ends() {
    let folder = wire();
    let mut terminal = with_clipboard(&folder, "sleep 0.3; ");
    terminal.press("yy:w ../saved.txt\r:w ../nowhere/saved.txt\rQ");
    assert_eq!(terminal.code(), 0);
    for name in ["../saved.txt", "../copied.txt"] {
        let text = std::fs::read_to_string(folder.wire().join(name)).expect(name);
        assert!(text.starts_with("Seals on the slipway\n"), "{name}: {text}");
    }
    let beside = std::fs::read_dir(folder.wire().join("..")).unwrap();
    let mut beside = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(beside.all(|name| !name.contains(".tmp")));
    terminal.wait_for("dateline: ../nowhere/saved.txt is not saved: there is no folder");
    let copied = terminal.bytes();
    assert!(copied.windows(5).any(|five| five == b"\x1b]52;"));
}

#[test]
fn a_copy_that_is_cut_and_a_dispatch_that_is_gone_are_told() {
    let folder = wire();
    let long = SEALS.replace(
        "They came back.",
        &format!("They came back. {}", "Seal upon seal. ".repeat(40_000)),
    );
    let file = folder.put("seals.txt", long);
    let mut terminal = open(&folder, "", &[]);
    terminal.press("yy");
    terminal.wait_for("only the first 512 KB were copied");
    std::fs::remove_file(file).unwrap();
    terminal.press("|cat\r");
    terminal.wait_for("Enter goes back to dateline");
    terminal.press("\r");
    let gone = "one dispatch could not be read: ";
    terminal
        .wait("what is gone", |screen| screen.alternate_screen() && text(screen).contains(gone));
    terminal.press("?q");
    terminal.wait("the screen", |screen| !text(screen).contains(gone));
    terminal.press("E");
    terminal.wait_for(gone);
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
}
