//! Turns clap's usage errors into one-line sentences in the style of the program's other messages.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::text::nearest_name;

/// A usage error as one sentence: the argument, and either the nearest name or where to find help. Kinds of errors
/// without a sentence here keep clap's own text.
#[must_use]
pub fn usage_error_message(error: &clap::Error) -> String {
    describe_error(error).unwrap_or_else(|| {
        let text = error.render().to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        text.trim_end().to_owned()
    })
}

fn describe_error(error: &clap::Error) -> Option<String> {
    let named = |kind| context_text(error.get(kind)?);
    // clap also suggests distant names: only those that `nearest_name` would suggest too are passed on.
    let meant = |kind, wrong: &str, help: String| match named(kind) {
        Some(name) if nearest_name([name.as_str()], wrong).is_some() => {
            format!("did you mean {name}?")
        }
        _ => help,
    };
    let of = command_name(error);
    let help = format!("`{of} --help` lists them");
    Some(match error.kind() {
        ErrorKind::UnknownArgument => {
            let wrong = named(ContextKind::InvalidArg)?;
            if !wrong.starts_with('-') {
                return Some(format!("unexpected argument {wrong} for {of}"));
            }
            let meant = meant(ContextKind::SuggestedArg, &wrong, help);
            format!("there is no option {wrong}; {meant}")
        }
        ErrorKind::InvalidSubcommand => {
            let wrong = named(ContextKind::InvalidSubcommand)?;
            let meant = meant(ContextKind::SuggestedSubcommand, &wrong, help);
            format!("{of} has no command {wrong}; {meant}")
        }
        ErrorKind::InvalidValue => {
            let (wrong, option) = (named(ContextKind::InvalidValue)?, option_name(error)?);
            let known = named(ContextKind::ValidValue).unwrap_or_default();
            if wrong.is_empty() {
                let known = if known.is_empty() { known } else { format!(": {known}") };
                return Some(format!("{option} needs a value{known}"));
            }
            let meant = named(ContextKind::SuggestedValue)
                .map_or_else(String::new, |name| format!("; did you mean {name}?"));
            format!("{option} is one of {known}, not {wrong}{meant}")
        }
        ErrorKind::ValueValidation => {
            let (wrong, option) = (named(ContextKind::InvalidValue)?, option_name(error)?);
            let why = std::error::Error::source(error)?;
            format!("{option} {wrong}: {why}")
        }
        ErrorKind::ArgumentConflict => {
            let (one, other) = (option_name(error)?, named(ContextKind::PriorArg)?);
            if other.starts_with(&one) {
                format!("{one} is given more than once")
            } else {
                format!("{one} and {other} cannot be used together")
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = named(ContextKind::InvalidArg)?;
            format!("{of} needs {missing}; see `{of} --help`")
        }
        _ => return None,
    })
}

/// The option that the error is about, without its value's name: `--format`, not `--format <FORMAT>`.
fn option_name(error: &clap::Error) -> Option<String> {
    let name = context_text(error.get(ContextKind::InvalidArg)?)?;
    match name.split_once(' ') {
        Some((name, _)) if name.starts_with('-') => Some(name.to_owned()),
        _ => Some(name),
    }
}

/// The command that was run, taken from clap's usage line: `dateline mark star`.
fn command_name(error: &clap::Error) -> String {
    let usage = error.get(ContextKind::Usage).and_then(context_text);
    let usage = usage.unwrap_or_default();
    let usage = usage.trim_start_matches("Usage:").trim_start();
    let words = usage.split_whitespace().skip(1);
    let names = words.take_while(|word| word.starts_with(|first: char| first.is_ascii_lowercase()));
    std::iter::once("dateline").chain(names).collect::<Vec<_>>().join(" ")
}

fn context_text(value: &ContextValue) -> Option<String> {
    let plain = |text: &StyledStr| text.to_string();
    match value {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(join_with_or(texts)),
        ContextValue::StyledStr(text) => Some(plain(text)),
        ContextValue::StyledStrs(texts) => {
            Some(join_with_or(&texts.iter().map(plain).collect::<Vec<_>>()))
        }
        _ => None,
    }
}

/// `a, b or c`.
fn join_with_or(names: &[String]) -> String {
    match names {
        [rest @ .., before, last] => {
            let mut text = String::new();
            for name in rest {
                text += name;
                text += ", ";
            }
            text + before + " or " + last
        }
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::Cli;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let error = Cli::try_parse_from(line.split(' ')).map(|_| ()).unwrap_err();
        assert_eq!(usage_error_message(&error), expected, "{error}");
    }

    #[test]
    fn usage_errors_are_sentences() {
        check("dateline --folow", "there is no option --folow; did you mean --follow?");
        check("dateline list --bad", "there is no option --bad; `dateline list --help` lists them");
        check(
            "dateline list --format tsvv",
            "--format is one of text, tsv or jsonl, not tsvv; did you mean tsv?",
        );
        check("dateline list --format", "--format needs a value: text, tsv or jsonl");
        check("dateline list --filter", "--filter needs a value");
        check("dateline man x", "unexpected argument x for dateline man");
        check("dateline config chek", "dateline config has no command chek; did you mean check?");
        check("dateline list --format tsv --format tsv", "--format is given more than once");
    }
}
