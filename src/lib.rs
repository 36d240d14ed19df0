//! dateline: a terminal reader for news-agency wire dispatches.

pub mod action;
pub mod app;
pub mod cli;
pub mod command;
pub mod desk;
pub mod dispatch;
pub mod filter;
pub mod format;
pub mod load;
pub mod quote;
pub mod record;
pub mod term;
pub mod text;
pub mod ui;
pub mod work;
