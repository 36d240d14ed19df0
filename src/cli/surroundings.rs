//! What the man page says of environment variables and files.

/// What the environment says, and where what it does not say is found.
pub(super) const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "DATELINE_CONFIG",
        "The config file, which must then be there. --config goes before it.",
    ),
    (
        "DATELINE_STATE",
        "The directory in which marks are kept. --state goes before it, and with --no-state there is none.",
    ),
    (
        "XDG_CONFIG_HOME, XDG_STATE_HOME, HOME",
        "Where the config file and the marks are without these: see FILES. Of the first two, relative paths do not count.",
    ),
    (
        "NO_COLOR",
        "Where it is set and not empty, the theme is mono, unless --theme or the config file names another; dateline diff \
         prints without colours.",
    ),
    (
        "COLORTERM, TERM",
        "How many colours the themes dark and light may use; with TERM=dumb there is no screen.",
    ),
    (
        "DATELINE_NO_LINKS",
        "Where it is set and not empty, links in a text are not told to the terminal (OSC 8). Neither are they with --plain, \
         and where TERM is dumb or linux.",
    ),
    (
        "WAYLAND_DISPLAY, DISPLAY, SSH_TTY, SSH_CONNECTION",
        "Which program gets what is copied, beside the terminal (OSC 52): wl-copy, or xclip or xsel; none over ssh, unless \
         the config file names one.",
    ),
    (
        "VISUAL, EDITOR",
        "The editor, the first of them that is set; vi where neither is. Words as in a shell, without variables and patterns. \
         The config file goes before them.",
    ),
    (
        "PAGER",
        "What headless output that is longer than the terminal goes through; less where it is not set, nothing where it \
         is empty or cat. Words parted by spaces; no shell reads it. The config file and --no-pager go before it.",
    ),
    ("LESS", "Options of less; FRX where it is not set."),
    (
        "TZ",
        "The zone in which times are shown, unless the config file names one.",
    ),
    (
        "TMPDIR",
        "Where a note or a copy of a dispatch lies while an editor has it, if no marks are kept.",
    ),
];

pub(super) const FILES: &[(&str, &str)] = &[
    (
        "$XDG_CONFIG_HOME/dateline/config.toml, ~/.config/dateline/config.toml",
        "The config file: keys, theme, columns, zone and forms of times, openers, saved views, alerts, mutes. dateline config \
         default prints one with every setting and what holds without it; dateline config check says what is wrong with \
         yours; dateline config path says where it is.",
    ),
    (
        "$XDG_STATE_HOME/dateline/marks.db, ~/.local/state/dateline/marks.db",
        "What was read and how far, stars, notes, places, filters that were typed, and views and mutes that were saved on \
         the screen: an SQLite database with its -wal and -shm, and beside it the file lock. A damaged one is set \
         aside under another name. dateline state export prints it as JSON.",
    ),
    (
        "FILE, .FILE.*.tmp",
        "What :w FILE saves: it is written beside its place first. A note or a copy that an editor has lies in a file of the \
         state directory, or of TMPDIR, until the editor ends. Nothing else is written.",
    ),
    (
        "/usr/share/doc/dateline/examples/config.toml",
        "Where the Debian package puts what dateline config default prints.",
    ),
];
