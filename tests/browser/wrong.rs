//! What goes wrong in a page is told.

use crate::harness::{Browser, Kind, PATIENCE, Setup, copy_of_site};
use crate::server;
use std::fs;
use std::time::{Duration, Instant};

/// What the other stories rely on when they say that nothing went wrong.
pub async fn what_goes_wrong_is_told(kind: Kind) {
    let root = copy_of_site(&format!("wrong-site-{kind:?}"));
    let page = fs::read_to_string(root.join("index.html")).expect("a page");
    fs::write(root.join("index.html"), page.replace("</body>", "<script src=\"wrong.js\"></script></body>"))
        .expect("written");
    let wrong = "console.error('written'); new Worker('wrong-worker.js'); throw new Error('thrown')";
    fs::write(root.join("wrong.js"), wrong).expect("written");
    fs::write(root.join("wrong-worker.js"), "console.error('of a worker')").expect("written");
    let home = server::serve(root, "/");
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&home).await;
    let (start, mut told) = (Instant::now(), String::new());
    while !["written", "thrown", "of a worker"].iter().all(|what| told.contains(what)) {
        assert!(start.elapsed() < PATIENCE, "{kind:?} tells only: {told}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        told += &browser.errors().await.concat();
    }
}
