//! The character sets of RTF: of the document, and of each font.

use std::collections::HashMap;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::format::shared::encoding::encoding_for_name;

/// A character set of a font or document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// That of the document.
    Document,
    Encoding(&'static Encoding),
    /// A font of symbols: its bytes are no letters.
    Symbols,
}

/// The encoding of a Windows code page (`\ansicpg`, `\cpg`).
pub(super) fn of_code_page(page: i32) -> Option<&'static Encoding> {
    let name = match page {
        65001 => return Some(UTF_8),
        932 => "shift_jis",
        936 | 54936 => "gb18030",
        949 | 1361 => "euc-kr",
        950 => "big5",
        866 => "ibm866",
        874 => "windows-874",
        10000 => "macintosh",
        10007 => "x-mac-cyrillic",
        1250..=1258 => return encoding_for_name(&format!("windows-{page}")),
        20866 => "koi8-r",
        28591..=28605 => return encoding_for_name(&format!("iso-8859-{}", page - 28590)),
        // Code pages 437 and 850 have letters that no encoding of the web has.
        _ => return None,
    };
    encoding_for_name(name)
}

/// The character set of a font by its number (`\fcharset`).
pub(super) fn of_font(number: i32) -> Charset {
    let page = match number {
        2 => return Charset::Symbols,
        77 => 10000,
        128 => 932,
        129 | 130 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178..=180 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        // 0 is that of Windows, which is that of the document; 1 is the default.
        _ => return Charset::Document,
    };
    of_code_page(page).map_or(Charset::Document, Charset::Encoding)
}

/// The character sets that a file declares, and bytes that wait for the rest of their character.
#[derive(Debug)]
pub(super) struct Decoder {
    document: &'static Encoding,
    fonts: HashMap<i32, Charset>,
    /// Bytes not yet decoded, and whether some beyond ASCII were escaped.
    bytes: Vec<u8>,
    has_escaped: bool,
    charset: Charset,
    /// The first half of a character beyond the basic plane.
    surrogate: Option<u32>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            document: WINDOWS_1252,
            fonts: HashMap::new(),
            bytes: Vec::new(),
            has_escaped: false,
            charset: Charset::Document,
            surrogate: None,
        }
    }
}

/// Limit on fonts.
const MAX_FONTS: usize = 10_000;

impl Decoder {
    pub(super) fn set_document(&mut self, encoding: Option<&'static Encoding>) {
        self.document = encoding.unwrap_or(self.document);
    }

    pub(super) fn set_font(&mut self, font: i32, charset: Charset) {
        if self.fonts.len() < MAX_FONTS {
            self.fonts.insert(font, charset);
        }
    }

    pub(super) fn charset_of(&self, font: i32) -> Charset {
        self.fonts.get(&font).copied().unwrap_or(Charset::Document)
    }

    /// Adds bytes in a character set; `out` gets what came before in another one.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        is_escaped: bool,
        charset: Charset,
        out: &mut dyn FnMut(&str),
    ) {
        if self.charset != charset {
            self.flush(out);
            self.charset = charset;
        }
        self.take_surrogate(out);
        self.has_escaped |= is_escaped && bytes.iter().any(|b| !b.is_ascii());
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds a UTF-16 unit, or a whole character as some programs write it.
    pub(super) fn push_unit(&mut self, unit: u32, out: &mut dyn FnMut(&str)) {
        self.flush_bytes(out);
        match (self.surrogate.take(), unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                let code = 0x1_0000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
                emit(code, out);
            }
            (before, 0xd800..=0xdbff) => {
                if before.is_some() {
                    out("\u{fffd}");
                }
                self.surrogate = Some(unit);
            }
            (before, _) => {
                if before.is_some() {
                    out("\u{fffd}");
                }
                // Fonts of symbols have their characters in the private area.
                emit(
                    if (0xf020..=0xf0ff).contains(&unit) { symbol_of(unit - 0xf000) } else { unit },
                    out,
                );
            }
        }
    }

    /// Decodes what waits.
    pub(super) fn flush(&mut self, out: &mut dyn FnMut(&str)) {
        self.flush_bytes(out);
        self.take_surrogate(out);
    }

    fn take_surrogate(&mut self, out: &mut dyn FnMut(&str)) {
        if self.surrogate.take().is_some() {
            out("\u{fffd}");
        }
    }

    fn flush_bytes(&mut self, out: &mut dyn FnMut(&str)) {
        if self.bytes.is_empty() {
            return;
        }
        let has_escaped = std::mem::take(&mut self.has_escaped);
        if let Charset::Symbols = self.charset {
            for &byte in &self.bytes {
                emit(symbol_of(u32::from(byte)), out);
            }
        } else if let Some(text) = std::str::from_utf8(&self.bytes).ok().filter(|_| !has_escaped) {
            // RTF is ASCII: where bytes beyond it are valid UTF-8, the program that wrote them meant that.
            out(text);
        } else {
            let encoding = match self.charset {
                Charset::Encoding(encoding) => encoding,
                _ => self.document,
            };
            out(&encoding.decode_without_bom_handling(&self.bytes).0);
        }
        self.bytes.clear();
    }
}

/// The character of a byte of a font of symbols: a bullet where it is none that all fonts have.
fn symbol_of(byte: u32) -> u32 {
    match byte {
        0x20..=0x7e => byte,
        _ => u32::from('•'),
    }
}

fn emit(code: u32, out: &mut dyn FnMut(&str)) {
    let c = char::from_u32(code).unwrap_or('\u{fffd}');
    out(c.encode_utf8(&mut [0; 4]));
}
