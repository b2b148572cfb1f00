//! What a release leaves out of the files that others wrote: nothing that does anything.
//!
//! - Styles and scripts lose comments and indentation. Scripts keep their lines, and so their meaning: no parser is needed
//!   to be sure of that.
//! - wasm-bindgen ends each name that WASM and its script share in a hash. Hashes don't compress, and these stand in both
//!   files: short names save as much as all comments do.
//! - Sections of WASM for tools go.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A stylesheet without comments and without spaces that separate nothing.
pub fn style(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '"' | '\'' => {
                let end = rest[1..].find(c).map_or(rest.len(), |end| end + 2);
                out.push_str(&rest[..end]);
                end
            }
            _ if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ if c.is_whitespace() => {
                // Before these a space says nothing; before `(` or `:` it may.
                let after = rest.trim_start();
                let apart = !out.is_empty()
                    && !out.ends_with([' ', '{', '}', ';', ',', ':'])
                    && !after.starts_with(['{', '}', ';', ',']);
                if apart {
                    out.push(' ');
                }
                rest.len() - after.len()
            }
            _ => {
                if c == '}' && out.ends_with(';') {
                    out.pop();
                }
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    out
}

/// A script without indentation, empty lines, and lines that are comments. One whose texts go over several lines stays
/// as it is: there a line's beginning means something.
pub fn script(js: &str) -> String {
    if js.lines().any(|line| line.matches('`').count() % 2 == 1) {
        return js.to_owned();
    }
    let mut out = String::with_capacity(js.len());
    let mut comment = false;
    for line in js.lines().map(str::trim) {
        comment |= line.starts_with("/*");
        let code =
            if comment { line.split_once("*/").map(|(_, after)| after.trim_start()) } else { Some(line) };
        comment = code.is_none();
        let code = code.unwrap_or("");
        if !code.is_empty() && !code.starts_with("//") {
            out.push_str(code);
            out.push('\n');
        }
    }
    out
}

/// Names with a hash → short names.
pub type Names = BTreeMap<String, String>;

/// A script with these names.
pub fn rename(js: &str, names: &Names) -> String {
    let in_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut out = String::with_capacity(js.len());
    let mut rest = js;
    while let Some(start) = rest.find(in_name) {
        let (between, tail) = rest.split_at(start);
        let (name, after) = tail.split_at(tail.find(|c| !in_name(c)).unwrap_or(tail.len()));
        out.push_str(between);
        out.push_str(names.get(name).map_or(name, String::as_str));
        rest = after;
    }
    out + rest
}

/// WASM without sections for tools, and with short names in place of those with a hash; what was called how.
///
/// # Errors
/// If it is none.
pub fn wasm(bytes: &[u8]) -> Result<(Vec<u8>, Names), String> {
    let mut names = Names::new();
    let out = sections(bytes, &mut names).ok_or("this is no WASM")?;
    Ok((out, names))
}

const HEAD: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

fn sections(bytes: &[u8], names: &mut Names) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(HEAD)?;
    let mut out = HEAD.to_vec();
    while let Some((id, tail)) = rest.split_first() {
        rest = tail;
        let body = take(&mut rest)?;
        let body = match *id {
            CUSTOM => continue,
            IMPORTS => imports(body, names)?,
            EXPORTS => exports(body, names)?,
            _ => body.to_vec(),
        };
        out.push(*id);
        put(&mut out, &body);
    }
    Some(out)
}

/// Module, name, kind and type of each import. Of kinds, wasm-bindgen imports functions; with any other the names stay.
fn imports(body: &[u8], names: &mut Names) -> Option<Vec<u8>> {
    let mut rest = body;
    let count = number(&mut rest)?;
    let mut out = Vec::new();
    put_number(&mut out, count);
    for n in 0..count {
        put(&mut out, take(&mut rest)?);
        put(&mut out, short('i', n, take(&mut rest)?, names)?.as_bytes());
        let kind = one(&mut rest)?;
        if kind != 0 {
            names.retain(|_, short| !short.starts_with('i'));
            return Some(body.to_vec());
        }
        out.push(kind);
        put_number(&mut out, number(&mut rest)?);
    }
    Some(out)
}

/// Name, kind and index of each export.
fn exports(body: &[u8], names: &mut Names) -> Option<Vec<u8>> {
    let mut rest = body;
    let count = number(&mut rest)?;
    let mut out = Vec::new();
    put_number(&mut out, count);
    for n in 0..count {
        put(&mut out, short('e', n, take(&mut rest)?, names)?.as_bytes());
        out.push(one(&mut rest)?);
        put_number(&mut out, number(&mut rest)?);
    }
    Some(out)
}

/// The short name for a name with a hash, noted; every other name as it is.
fn short(letter: char, n: u32, name: &[u8], names: &mut Names) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    if !hashed(name) {
        return Some(name.to_owned());
    }
    let mut short = String::from(letter);
    let _ = write!(short, "{n}");
    names.insert(name.to_owned(), short.clone());
    Some(short)
}

/// `__wbg_new_cd4348290afae586`, `…invoke__h1cf6f681a4d25b00_16`.
fn hashed(name: &str) -> bool {
    name.split('_').any(|part| {
        let hash = part.strip_prefix('h').filter(|rest| rest.len() == 16).unwrap_or(part);
        hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

fn one(rest: &mut &[u8]) -> Option<u8> {
    let (first, tail) = rest.split_first()?;
    *rest = tail;
    Some(*first)
}

/// A number in WASM's own writing: seven bits a byte, the lowest first (LEB128).
fn number(rest: &mut &[u8]) -> Option<u32> {
    let mut value = 0_u64;
    for shift in (0..35).step_by(7) {
        let byte = one(rest)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value.try_into().ok();
        }
    }
    None
}

fn put_number(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Bytes after their number.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let count = number(rest)? as usize;
    let (bytes, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    Some(bytes)
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u32);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_keeps_what_it_says() {
        for (long, short) in [
            (
                "/* a */\na:hover ,\n b > c {\n  color : red;\n  margin: 0 auto ;\n}\n",
                "a:hover,b > c{color :red;margin:0 auto}",
            ),
            (
                "a :is(b, c) { width: calc(100% - 2 * var(--x)); }",
                "a :is(b,c){width:calc(100% - 2 * var(--x))}",
            ),
            ("@media (width < 1px) and (hover) { a { b: c } }", "@media (width < 1px) and (hover){a{b:c}}"),
            ("a::before { content: \"▲ /* no */  \"; }", "a::before{content:\"▲ /* no */  \"}"),
            ("a{}/* left open", "a{}"),
            ("a { b: 'open", "a{b:'open"),
        ] {
            assert_eq!(style(long), short);
        }
    }

    #[test]
    fn a_script_keeps_its_lines_but_not_its_comments() {
        let long = "/* @types */\n/**\n * doc\n */\nexport class A {\n    // why\n    b() { return '//'; } // stays\n\n}\n/* c */ d();\n";
        assert_eq!(script(long), "export class A {\nb() { return '//'; } // stays\n}\nd();\n");
        let texts = "let a = `\n    // text\n`;\n";
        assert_eq!(script(texts), texts);
    }

    fn section(id: u8, parts: &[&[u8]]) -> Vec<u8> {
        let mut out = vec![id];
        put(&mut out, &parts.concat());
        out
    }

    fn text(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, text.as_bytes());
        out
    }

    #[test]
    fn names_with_a_hash_are_short_in_both_files_and_nothing_else_changes() {
        let (new, invoke) = ("__wbg_new_cd4348290afae586", "x__invoke__h1cf6f681a4d25b00_16");
        let file = |new: &str, invoke: &str, custom: &[u8]| {
            let imports = [
                &[2][..],
                &text("./a.js"),
                &text(new),
                &[0, 3],
                &text("./a.js"),
                &text("__wbg_plain"),
                &[0, 0x81, 1],
            ];
            let exports = [&[2][..], &text("memory"), &[2, 0], &text(invoke), &[0, 7]];
            [
                HEAD,
                custom,
                &section(IMPORTS, &imports),
                &section(EXPORTS, &exports),
                &section(10, &[&[9; 200]]),
            ]
            .concat()
        };
        let (out, names) =
            wasm(&file(new, invoke, &section(CUSTOM, &[&text("producers"), b"rustc"]))).unwrap();
        assert_eq!(out, file("i0", "e1", &[]));
        let js = format!("{{ {new}: () => wasm.{invoke}(1), {new}2: '{new}' }}");
        assert_eq!(rename(&js, &names), format!("{{ i0: () => wasm.e1(1), {new}2: 'i0' }}"));
    }

    #[test]
    fn what_is_no_wasm_is_said_to_be_none() {
        let whole = [HEAD, &section(IMPORTS, &[&[1], &text("a"), &text("b"), &[0, 0]])].concat();
        assert!(wasm(&whole).is_ok());
        for bytes in
            [b"".as_slice(), b"<html>", &whole[..whole.len() - 1], &[&whole[..], &[1, 0xff]].concat()]
        {
            assert!(wasm(bytes).is_err(), "{bytes:?}");
        }
    }
}
