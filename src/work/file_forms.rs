//! Dispatches and quotes in the formats of files: for `export`, `quotes` and what is saved on the screen.

use crate::jobs::FileFormat;
use crate::quotes::Quote;
use crate::record::{self, to_json_line};
use crate::work::dispatches::{FullDispatch, find_quotes};
use crate::work::quote_forms::{QuoteForm, format_quotes, quote_table_header};

/// How a file is written: its format, and what it has.
#[derive(Debug, Clone, Copy)]
pub struct FileForm {
    pub format: FileFormat,
    /// Quotes instead of dispatches.
    pub quotes_only: bool,
    /// JSON is an array, and NITF has an element around the documents.
    pub is_several: bool,
}

impl FileForm {
    /// What comes before the first dispatch. `title` names the whole for HTML.
    #[must_use]
    pub fn start(&self, title: &str, language: Option<&str>) -> String {
        match self.format {
            FileFormat::Json if self.is_several => "[\n".to_owned(),
            FileFormat::Html => record::html_page_start(title, language),
            FileFormat::Nitf => record::nitf_file_start(self.is_several).to_owned(),
            FileFormat::Csv if self.quotes_only => quote_table_header(QuoteForm::Csv, false),
            FileFormat::Csv => record::csv_header(),
            _ => String::new(),
        }
    }

    /// What stands between two dispatches.
    #[must_use]
    pub fn between(&self) -> &'static str {
        match self.format {
            FileFormat::Json if self.is_several => ",\n",
            _ => "",
        }
    }

    /// What comes after the last dispatch; `is_empty` if there was none.
    #[must_use]
    pub fn end(&self, is_empty: bool) -> &'static str {
        match self.format {
            FileFormat::Json if self.is_several && is_empty => "]\n",
            FileFormat::Json if self.is_several => "\n]\n",
            FileFormat::Html => record::HTML_PAGE_END,
            FileFormat::Nitf => record::nitf_file_end(self.is_several),
            _ => "",
        }
    }

    /// A dispatch in the format.
    #[must_use]
    pub fn dispatch(&self, full: &FullDispatch) -> String {
        let FullDispatch { dispatch, path, index, status, .. } = full;
        match self.format {
            FileFormat::Text => full.text(),
            FileFormat::Md => record::to_markdown(dispatch, status) + "\n\n---\n\n",
            FileFormat::Html => record::to_html_article(dispatch, status),
            FileFormat::Csv => record::to_csv(dispatch, status, path, *index),
            FileFormat::Tsv => full.tsv(),
            FileFormat::Jsonl => full.json(),
            FileFormat::Json => self.without_newline(full.json()),
            FileFormat::Ninjs => to_json_line(&record::Ninjs::new(dispatch, status)) + "\n",
            FileFormat::Nitf => record::to_nitf(dispatch, status),
        }
    }

    /// The quotes of a dispatch for which `keep` is true, and how many there are; `None` without any.
    pub fn quotes(
        &self,
        full: &mut FullDispatch,
        keep: impl Fn(&Quote) -> bool,
    ) -> Option<(String, usize)> {
        let all = find_quotes(&mut full.dispatch);
        let kept: Vec<&Quote> = all.iter().filter(|quote| keep(quote)).collect();
        if kept.is_empty() {
            return None;
        }
        let form = |full: &FullDispatch, form| {
            format_quotes(full, kept.iter().copied(), form).map(|block| block.text())
        };
        let text = match self.format {
            FileFormat::Text => form(full, QuoteForm::Text)?,
            FileFormat::Md => form(full, QuoteForm::Md)?,
            FileFormat::Csv => form(full, QuoteForm::Csv)?,
            FileFormat::Tsv => form(full, QuoteForm::Tsv)?,
            FileFormat::Html => record::to_html_quotes(&full.dispatch, &full.status, &kept),
            FileFormat::Nitf => record::to_nitf_quotes(&full.dispatch, &full.status, &kept),
            FileFormat::Jsonl | FileFormat::Json | FileFormat::Ninjs => {
                let (path, index) = (full.path.clone(), full.index);
                let of = (&full.dispatch, &full.status);
                let record = record::QuotesRecord::new(of, &all, keep, path, index);
                let line = to_json_line(&record) + "\n";
                if self.format == FileFormat::Json { self.without_newline(line) } else { line }
            }
        };
        Some((text, kept.len()))
    }

    /// The brackets and commas of an array bring their own line ends.
    fn without_newline(self, mut line: String) -> String {
        if self.is_several {
            line.truncate(line.trim_end().len());
        }
        line
    }
}
