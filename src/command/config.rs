//! `dateline config`: where the config file is, what is wrong with it, and an example.

use std::io;
use std::time::Duration;

use crate::cli::{ConfigCommand, RetentionArgs};
use crate::command::pager::PagerCommand;
use crate::command::request::{Outcome, Streams};
use crate::config::{Config, ConfigPath, example, parse};
use crate::dispatch::{InputProblem, Problem, Severity};
use crate::index::path_text;
use crate::ingest::{RetentionLimits, read_text_file};
use crate::text::count_noun;

/// Reads the config file: what is right in it, and what is not. A file that nobody has named need not be there.
fn read_config(place: Option<&ConfigPath>) -> (Config, Vec<InputProblem>) {
    let Some(ConfigPath { path, named }) = place else {
        return Default::default();
    };
    let name = path_text(path);
    let unreadable = |message: String| {
        let problem = InputProblem::unreadable(name.clone(), message);
        (Config::default(), vec![problem])
    };
    let text = match read_text_file(path) {
        Ok(Some(text)) => text,
        Ok(None) if *named => return unreadable("no such file".to_owned()),
        Ok(None) => return Default::default(),
        Err(message) => return unreadable(message),
    };
    let (config, errors) = parse(&text);
    let problem = |error: crate::config::ConfigError| {
        let place = format!("line {}, column {}", error.line, error.column);
        InputProblem {
            path: name.clone(),
            problem: Problem::new(Severity::Fault, place, error.message),
        }
    };
    (config, errors.into_iter().map(problem).collect())
}

/// The settings of the config file, and what is wrong with it.
///
/// # Errors
/// Why it cannot be read at all.
pub fn load_settings(place: Option<&ConfigPath>) -> Result<(Config, Vec<InputProblem>), String> {
    let (config, problems) = read_config(place);
    let unreadable = |p: &&InputProblem| p.problem.severity == Severity::Unreadable;
    match problems.iter().find(unreadable) {
        Some(problem) => Err(problem.to_string()),
        None => Ok((config, problems)),
    }
}

/// The pager of the config file, else that of `value`, which is that of `PAGER`; see [`PagerCommand::from_env`]. What is wrong
/// with the file is told elsewhere.
#[must_use]
pub fn pager_command(
    place: Option<&ConfigPath>,
    value: Option<&str>,
    has_options: bool,
) -> Option<PagerCommand> {
    match read_config(place).0.openers.pager {
        Some(words) => PagerCommand::from_config(words, has_options),
        None => PagerCommand::from_env(value, has_options),
    }
}

/// How much is kept of what arrives: what the command line says goes before what the config file says.
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

/// Does what is asked about the config file.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn config(
    asked: ConfigCommand,
    place: Option<&ConfigPath>,
    streams: Streams<'_>,
) -> io::Result<Outcome> {
    let Streams { out, err, .. } = streams;
    if asked == ConfigCommand::Default {
        out.write_all(example().as_bytes())?;
        return Ok(Outcome::Shown);
    }
    let Some(found) = place else {
        writeln!(
            err,
            "dateline: there is no home folder to look for a config file in: give --config FILE"
        )?;
        return Ok(Outcome::Unreadable);
    };
    let name = path_text(&found.path);
    if asked == ConfigCommand::Path {
        writeln!(out, "{name}")?;
        return Ok(Outcome::Shown);
    }
    let (config, problems) = read_config(place);
    for problem in &problems {
        writeln!(err, "dateline: {problem}")?;
    }
    if let Some(worst) = problems.iter().map(|p| p.problem.severity).max() {
        let unreadable = worst == Severity::Unreadable;
        return Ok(if unreadable {
            Outcome::Unreadable
        } else {
            Outcome::Nothing
        });
    }
    if !found.path.exists() {
        writeln!(out, "{name}: no such file; everything is as without one")?;
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
