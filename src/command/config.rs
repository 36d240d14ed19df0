//! `dateline config`, and the settings that other commands take from the config file.

use std::io;
use std::time::Duration;

use crate::cli::{ConfigCommand, RetentionArgs};
use crate::command::pager::PagerCommand;
use crate::command::request::{Outcome, Streams};
use crate::config::{Config, ConfigPath, example, parse};
use crate::dispatch::{InputProblem, Problem, Severity};
use crate::format::ColumnNames;
use crate::index::path_text;
use crate::ingest::{RetentionLimits, read_text_file};
use crate::text::count_noun;

/// Reads the config file: its valid settings, and its mistakes. Only a file named by the user must exist.
fn read_config(config_path: Option<&ConfigPath>) -> (Config, Vec<InputProblem>) {
    let Some(ConfigPath { path, named }) = config_path else {
        return Default::default();
    };
    let name = path_text(path);
    let unreadable = |message: String| {
        let problem = InputProblem::unreadable(name.clone(), message);
        (Config::default(), vec![problem])
    };
    let text = match read_text_file(path) {
        Ok(Some(text)) => text,
        Ok(None) if *named => {
            let message = "there is no such config file; `dateline config default` prints one";
            return unreadable(message.to_owned());
        }
        Ok(None) => return Default::default(),
        Err(message) => return unreadable(message),
    };
    let (config, errors) = parse(&text);
    let problem = |error: crate::config::ConfigError| {
        let location = format!("line {}, column {}", error.line, error.column);
        InputProblem {
            path: name.clone(),
            problem: Problem::new(Severity::Fault, location, error.message),
        }
    };
    (config, errors.into_iter().map(problem).collect())
}

/// The settings of the config file, and its mistakes.
///
/// # Errors
/// A message if the file cannot be read at all.
pub fn load_settings(
    config_path: Option<&ConfigPath>,
) -> Result<(Config, Vec<InputProblem>), String> {
    let (config, problems) = read_config(config_path);
    let unreadable = |p: &&InputProblem| p.problem.severity == Severity::Unreadable;
    match problems.iter().find(unreadable) {
        Some(problem) => Err(problem.to_string()),
        None => Ok((config, problems)),
    }
}

/// Why the config file that the user named cannot be read; `None` if it can, or none was named. A command that needs no
/// setting says so too, instead of working on with other settings than those asked for.
#[must_use]
pub fn unreadable_config(config_path: Option<&ConfigPath>) -> Option<String> {
    load_settings(config_path.filter(|path| path.named)).err()
}

/// The columns of tables that the config file names. Mistakes in the file are ignored here, as for the pager.
#[must_use]
pub fn configured_columns(config_path: Option<&ConfigPath>) -> ColumnNames {
    read_config(config_path).0.columns
}

/// The pager of the config file, else that of `value`, the variable `PAGER`; see [`PagerCommand::from_env`]. Mistakes
/// in the file are ignored here: they must not get in the way of a command that only prints.
#[must_use]
pub fn pager_command(
    config_path: Option<&ConfigPath>,
    value: Option<&str>,
    has_options: bool,
) -> Option<PagerCommand> {
    match read_config(config_path).0.openers.pager {
        Some(words) => PagerCommand::from_config(words, has_options),
        None => PagerCommand::from_env(value, has_options),
    }
}

/// Limits of the arrivals kept in memory: from the command line, else from the config file, else the defaults.
#[must_use]
pub fn retention_limits(keep: RetentionArgs, config: &Config) -> RetentionLimits {
    let (default, file) = (RetentionLimits::default(), config.retention);
    let age = file.age.and_then(|age| u64::try_from(age).ok());
    let age = keep.keep_age.or(age.map(Duration::from_secs));
    RetentionLimits {
        bytes: keep.keep_size.or(file.size).unwrap_or(default.bytes),
        age: age.unwrap_or(default.age),
    }
}

/// Runs a subcommand of `dateline config`.
///
/// # Errors
/// If a stream cannot be written to.
pub fn config(
    asked: ConfigCommand,
    config_path: Option<&ConfigPath>,
    streams: Streams<'_>,
) -> io::Result<Outcome> {
    let Streams { out, err, .. } = streams;
    if asked == ConfigCommand::Default {
        out.write_all(example().as_bytes())?;
        return Ok(Outcome::Shown);
    }
    let Some(found) = config_path else {
        writeln!(err, "dateline: no home folder to look for a config file in: use --config FILE")?;
        return Ok(Outcome::Unreadable);
    };
    let name = path_text(&found.path);
    if asked == ConfigCommand::Path {
        writeln!(out, "{name}")?;
        return Ok(Outcome::Shown);
    }
    let (config, problems) = read_config(config_path);
    for problem in &problems {
        writeln!(err, "dateline: {problem}")?;
    }
    if let Some(worst) = problems.iter().map(|p| p.problem.severity).max() {
        let unreadable = worst == Severity::Unreadable;
        return Ok(if unreadable { Outcome::Unreadable } else { Outcome::Nothing });
    }
    if !found.path.exists() {
        writeln!(out, "{name}: no such file; the defaults are used")?;
        return Ok(Outcome::Shown);
    }
    let (views, mutes) = (config.views.len(), config.mutes.len());
    writeln!(
        out,
        "{name}: no mistakes, {}, {}",
        count_noun(views, "view"),
        count_noun(mutes, "mute")
    )?;
    Ok(Outcome::Shown)
}
