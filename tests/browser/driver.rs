//! chromedriver and geckodriver as child processes. Each browser has a driver of its own, and it and everything that it
//! started end with it, also when a test panics.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A browser that stories are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Chromium,
    Firefox,
}

impl Kind {
    /// The browsers to test in: those that `BROWSERS` names, or all.
    pub fn all() -> Vec<Self> {
        let named = std::env::var("BROWSERS").unwrap_or_else(|_| "chromium firefox".to_owned());
        let of = |name: &str| match name {
            "chromium" => Self::Chromium,
            "firefox" => Self::Firefox,
            _ => panic!("BROWSERS: there is no '{name}'; chromium and firefox are allowed"),
        };
        named.split_whitespace().map(of).collect()
    }
}

/// A running driver.
pub struct Driver {
    child: Child,
    port: u16,
    session: Option<String>,
    /// What driver and browser wrote to the terminal so far.
    said: Arc<Mutex<String>>,
}

impl Driver {
    /// Starts a driver on a port that it chooses itself.
    ///
    /// # Panics
    /// If it isn't installed or doesn't answer.
    pub fn start(kind: Kind) -> Self {
        let (program, sign) = match kind {
            Kind::Chromium => ("chromedriver", "started successfully on port "),
            Kind::Firefox => ("geckodriver", "Listening on 127.0.0.1:"),
        };
        let mut child = Command::new(program)
            .arg("--port=0")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| {
                panic!("{program} does not start ({e}): run './dev test', which installs it")
            });
        let said = Arc::new(Mutex::new(String::new()));
        let (found, port) = mpsc::channel();
        let pipes: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().expect("piped")), Box::new(child.stderr.take().expect("piped"))];
        for pipe in pipes {
            let (said, found) = (Arc::clone(&said), found.clone());
            thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    if let Some((_, rest)) = line.split_once(sign) {
                        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                        let _ = found.send(digits.parse().expect("a port"));
                    }
                    let mut said = said.lock().expect("no panic while writing");
                    said.push_str(&line);
                    said.push('\n');
                }
            });
        }
        let port =
            port.recv_timeout(Duration::from_mins(1)).unwrap_or_else(|_| panic!("{program} named no port"));
        Self { child, port, session: None, said }
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The session to end with the driver.
    pub fn owns(&mut self, session: String) {
        self.session = Some(session);
    }

    /// What driver and browser wrote to the terminal so far.
    pub fn said(&self) -> String {
        self.said.lock().expect("no panic while writing").clone()
    }
}

impl Drop for Driver {
    /// Ends the session, so that the browser goes; then the driver's process group, in case it didn't.
    fn drop(&mut self) {
        if let Some(session) = &self.session {
            let end = || {
                let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
                stream.set_read_timeout(Some(Duration::from_secs(5)))?;
                write!(stream, "DELETE /session/{session} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n", self.port)?;
                write!(stream, "content-length: 0\r\nconnection: close\r\n\r\n")?;
                stream.read(&mut [0; 64])
            };
            let _ = end();
        }
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}
