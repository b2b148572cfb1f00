//! A static file server over the built site, at `/` or below a sub-path; real 404s, right types.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

/// What WebKit is given in front of a page's first script and of each worker's.
const TELLS: &str = include_str!("tells.js");
/// A script: what went wrong in a page in WebKit since this was last asked.
pub const WRONG_SO_FAR: &str = "const wrong = JSON.parse(sessionStorage.getItem('wrong')); \
                                sessionStorage.setItem('wrong', '[]'); return wrong";

/// Serves `dist` below `mount` (`/`, `/sub/`) on a free port until the process ends; returns the address of its home
/// page.
pub fn serve(dist: PathBuf, mount: &'static str) -> String {
    serve_files(Arc::new(Mutex::new(Some(dist))), mount, Manner::Plain)
}

/// The same, compressed as hosts send it, and with what hosts say about keeping files.
pub fn serve_packed(dist: PathBuf, mount: &'static str) -> String {
    serve_files(Arc::new(Mutex::new(Some(dist))), mount, Manner::Packed)
}

/// How files are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// As they are. The script that has browsers keep the site is an empty one, or each story would fetch everything.
    Plain,
    /// As they are, that script too.
    ToKeep,
    /// As hosts do.
    Packed,
}

/// What is served: another folder may take its place, or none, and then nobody is answered, as without a network.
pub type Served = Arc<Mutex<Option<PathBuf>>>;

/// The same, with the script that has browsers keep the site.
pub fn serve_to_keep(served: Served, mount: &'static str) -> String {
    serve_files(served, mount, Manner::ToKeep)
}

fn serve_files(served: Served, mount: &'static str, manner: Manner) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Some(dist) = served.lock().expect("no server panics").clone() else { continue };
            // A browser that closes early is no failure of the test.
            thread::spawn(move || answer(&stream, &dist, mount, manner).ok());
        }
    });
    format!("http://{address}{mount}")
}

fn answer(stream: &TcpStream, dist: &Path, mount: &str, manner: Manner) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    let mut headers = String::new();
    while let Some(line) = lines.next().transpose()?.filter(|line| !line.is_empty()) {
        headers.push_str(&line.to_lowercase());
        headers.push('\n');
    }
    let url = request.split(' ').nth(1).unwrap_or("/");
    let path = url.split('?').next().unwrap_or("/");
    let mut file = dist.join(path.strip_prefix(mount).unwrap_or("..no such file"));
    if file.is_dir() && path.ends_with('/') {
        file.push("index.html");
    }
    let (status, kind, mut body) = match fs::read(&file) {
        Ok(body) if !path.contains("..") => ("200 OK", type_of(&file), body),
        _ => {
            ("404 Not Found", "text/html; charset=utf-8", fs::read(dist.join("404.html")).unwrap_or_default())
        }
    };
    if manner == Manner::Plain && path.contains("/offline-") {
        body.clear();
    }
    let webkit = headers.contains("applewebkit") && !headers.contains("chrome");
    if webkit && (path.ends_with("/theme.js") || headers.contains("sec-fetch-dest: worker")) {
        body.splice(..0, TELLS.bytes());
    }
    let mut packed = "";
    if manner == Manner::Packed && !matches!(kind, "image/png" | "font/woff2") {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&body)?;
        body = encoder.finish()?;
        packed = "content-encoding: gzip\r\ncache-control: max-age=31536000\r\n";
    }
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{packed}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}

fn type_of(file: &Path) -> &'static str {
    match file.extension().and_then(|e| e.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css",
        "js" => "text/javascript",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        _ => "application/octet-stream",
    }
}
