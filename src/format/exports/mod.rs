//! Exports of article databases: how each lays out its pages and texts, on shared tools. A reader finds the parts of an
//! article (source, date, headline, labelled fields, text); `article` makes them a dispatch, and shows an article that
//! stands in an export twice once.

mod apa;
pub(super) mod article;
mod europresse;
mod factiva;
mod factiva_documents;
mod factiva_pages;
mod factiva_xml;
mod labelled;
mod labels;
pub(super) mod languages;
mod lexis_uni;
mod messages;
mod nexis;
mod proquest;
mod proquest_pages;
mod sections;

pub(super) use apa::{
    is_document as is_apa_document, is_html as is_apa_html, read_document as apa_document,
    read_html as apa_html,
};
pub(super) use europresse::{is_html as is_europresse, read_html as europresse};
pub(super) use factiva_documents::{
    is_document as is_factiva_document, read_document as factiva_document,
};
pub(super) use factiva_pages::{
    is_html as is_factiva_html, is_text as is_factiva_text, read_html as factiva_html,
    read_text as factiva_text,
};
pub(super) use factiva_xml::{is_xml as is_factiva_xml, read_xml as factiva_xml};
pub(super) use lexis_uni::{items as lexis_uni_items, recognises as is_lexis_uni};
pub(super) use messages::{is_message, read_message};
pub(super) use nexis::{
    is_html as is_nexis_html, is_text as is_nexis_text, read_html as nexis_html,
    read_text as nexis_text,
};
pub(super) use proquest_pages::{
    is_html as is_proquest_html, is_mail as is_proquest_mail, is_text as is_proquest_text,
    read_html as proquest_html, read_mail as proquest_mail, read_text as proquest_text,
};
