//! chromedriver, geckodriver and `WebKitWebDriver` as child processes. Each browser has a driver of its own, and it and
//! everything that it started end with it, also when a test panics.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// A browser that stories are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Chromium,
    Firefox,
    WebKit,
}

impl Kind {
    /// The browsers to test in: those that `BROWSERS` names, or all.
    pub fn all() -> Vec<Self> {
        let named = std::env::var("BROWSERS").unwrap_or_else(|_| "chromium firefox webkit".to_owned());
        let of = |name: &str| match name {
            "chromium" => Self::Chromium,
            "firefox" => Self::Firefox,
            "webkit" => Self::WebKit,
            _ => panic!("BROWSERS: there is no '{name}'; chromium, firefox and webkit are allowed"),
        };
        named.split_whitespace().map(of).collect()
    }
}

/// Drivers that run, by the thread that started them and waits for them.
static RUNNING: Mutex<Vec<(ThreadId, u32)>> = Mutex::new(Vec::new());

fn running() -> MutexGuard<'static, Vec<(ThreadId, u32)>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the drivers that a thread has started, and their browsers: what it waits for then never comes, and it ends too.
pub fn cut_off(thread: ThreadId) {
    let its: Vec<u32> = running().iter().filter(|(of, _)| *of == thread).map(|(_, group)| *group).collect();
    for group in its {
        signal("-KILL", &format!("-{group}"));
    }
}

/// It has ended, and its number may soon be another's.
fn forget(child: &Child) {
    running().retain(|(_, group)| *group != child.id());
}

/// A running driver.
pub struct Driver {
    child: Child,
    port: u16,
    session: Option<String>,
    /// What driver and browser wrote to the terminal so far.
    said: Arc<Mutex<String>>,
    /// Where a browser shows itself that has no headless mode. Ends after the driver.
    _screen: Option<Screen>,
}

impl Driver {
    /// Starts a driver on a port of its own; `still`: in WebKit, as on a system that wishes for less motion.
    ///
    /// # Panics
    /// If it isn't installed or doesn't answer.
    pub fn start(kind: Kind, still: bool) -> Self {
        match kind {
            Kind::Chromium => Self::that_names_its_port("chromedriver", "started successfully on port "),
            Kind::Firefox => Self::that_names_its_port("geckodriver", "Listening on 127.0.0.1:"),
            Kind::WebKit => Self::on_a_screen(still),
        }
    }

    /// A driver that chooses its port itself and writes it behind this sign. One that finds it taken after all, as
    /// chromedriver may for the second kind of address, ends and is tried again.
    fn that_names_its_port(program: &str, sign: &'static str) -> Self {
        for _ in 0..5 {
            if let Some(driver) = Self::tried_once(program, sign) {
                return driver;
            }
        }
        panic!("{program} named no port in five attempts");
    }

    fn tried_once(program: &str, sign: &'static str) -> Option<Self> {
        let (found, port) = mpsc::channel();
        let (mut child, said) = spawn(Command::new(program).arg("--port=0"), move |line| {
            if let Some((_, rest)) = line.split_once(sign) {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let _ = found.send(digits.parse().expect("a port"));
            }
        });
        let Ok(port) = port.recv_timeout(Duration::from_mins(1)) else {
            let _ = (child.kill(), child.wait());
            forget(&child);
            return None;
        };
        Some(Self { child, port, session: None, said, _screen: None })
    }

    /// WebKit's driver, which has to be told its port. Should another program take it first, the driver ends, and it is
    /// tried with the next.
    fn on_a_screen(still: bool) -> Self {
        // One at a time: between choosing a port and listening there nobody here takes it.
        static CHOOSING: Mutex<()> = Mutex::new(());
        let screen = Screen::start(still);
        let _alone = CHOOSING.lock().unwrap_or_else(PoisonError::into_inner);
        let start = Instant::now();
        loop {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
            let port = free.local_addr().expect("bound").port();
            drop(free);
            let mut command = Command::new("WebKitWebDriver");
            let (mut child, said) = spawn(screen.shows(command.arg(format!("--port={port}"))), |_| ());
            while child.try_wait().expect("a child can be asked").is_none() {
                if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                    return Self { child, port, session: None, said, _screen: Some(screen) };
                }
                thread::sleep(Duration::from_millis(5));
            }
            forget(&child);
            let said = said.lock().expect("no panic while writing");
            assert!(start.elapsed() < Duration::from_mins(1), "WebKitWebDriver does not listen: {said}");
        }
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

/// Starts a driver in a process group of its own; what it writes is kept, and handed to `hears` line by line.
fn spawn(
    command: &mut Command,
    hears: impl Fn(&str) + Clone + Send + 'static,
) -> (Child, Arc<Mutex<String>>) {
    let mut child = started(command.process_group(0).stderr(Stdio::piped()));
    running().push((thread::current().id(), child.id()));
    let said = Arc::new(Mutex::new(String::new()));
    let pipes: [Box<dyn Read + Send>; 2] =
        [Box::new(child.stdout.take().expect("piped")), Box::new(child.stderr.take().expect("piped"))];
    for pipe in pipes {
        let (said, hears) = (Arc::clone(&said), hears.clone());
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                hears(&line);
                let mut said = said.lock().expect("no panic while writing");
                said.push_str(&line);
                said.push('\n');
            }
        });
    }
    (child, said)
}

/// A child that reads nothing and is read.
fn started(command: &mut Command) -> Child {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    child.unwrap_or_else(|e| {
        let program = command.get_program().display();
        panic!("{program} does not start ({e}): run './dev test', which installs it")
    })
}

/// Sends a signal to a process, or with a minus to a group.
fn signal(name: &str, whom: &str) {
    let _ = Command::new("kill").args([name, "--", whom]).stderr(Stdio::null()).status();
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
        signal("-KILL", &format!("-{}", self.child.id()));
        forget(&self.child);
        let _ = self.child.wait();
    }
}

/// A display that nobody sees, and a home without any settings but those that are wanted.
struct Screen {
    server: Child,
    display: String,
    home: PathBuf,
}

impl Screen {
    fn start(still: bool) -> Self {
        // The server finds a free number and writes it down when it is ready.
        let mut server = started(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"])
                .stderr(Stdio::null()),
        );
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("webkit-{}", server.id()));
        let mut number = String::new();
        let read = BufReader::new(server.stdout.take().expect("piped")).read_line(&mut number);
        let screen = Self { server, display: format!(":{}", number.trim()), home };
        assert!(read.is_ok() && screen.display.len() > 1, "Xvfb named no display");
        let gtk = screen.home.join("gtk-3.0");
        fs::create_dir_all(&gtk).expect("a folder");
        fs::write(gtk.join("settings.ini"), format!("[Settings]\ngtk-enable-animations={}\n", !still))
            .expect("a file can be written");
        screen
    }

    /// Has a program show itself here, and no settings of whoever runs it.
    fn shows<'a>(&self, program: &'a mut Command) -> &'a mut Command {
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
            program.env(name, &self.home);
        }
        for name in ["WAYLAND_DISPLAY", "GTK_THEME", "DBUS_SESSION_BUS_ADDRESS"] {
            program.env_remove(name);
        }
        program.env("DISPLAY", &self.display).env("GDK_BACKEND", "x11").env("GSETTINGS_BACKEND", "memory")
    }
}

impl Drop for Screen {
    /// Asks, so that the number is free again.
    fn drop(&mut self) {
        signal("-TERM", &self.server.id().to_string());
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// `MiniBrowser`, the browser that comes with WebKit's driver, which is in no folder of programs.
///
/// # Panics
/// If it isn't installed.
pub fn mini_browser() -> PathBuf {
    let below = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    below("/usr/lib".into())
        .map(|folder| folder.join("webkit2gtk-4.1/MiniBrowser"))
        .find(|program| program.is_file())
        .expect("MiniBrowser is in /usr/lib/*/webkit2gtk-4.1: run './dev test', which installs it")
}
