//! The terminal: lists, runs, explains and opens figures, checks lessons, and measures.
//!
//! What lives here: the commands of the binary `lab`, each in a file, and what they share: how a run is written on a
//! command line ([`inputs`]), how it is played through the protocol ([`play`]), and how it is told ([`report`]). What
//! never does: a model, a rule of a lesson, or a second way to compute a run. Runs that are shown go through the same
//! [`Session`](crate::player::Session) that a figure's desk has in a worker, and what is computed to its end by the
//! hundred is the same [`Trial`](crate::player::Trial), on all cores ([`pool`]): so that both say the same.
//!
//! Begin with [`run`], which takes a command line and two places to write to: tests call it in their own process.

mod args;
pub mod bench;
mod check;
mod compare;
mod explain;
pub mod golden;
pub mod inputs;
mod judge;
pub mod judged;
mod list;
mod new;
mod open;
pub mod play;
pub mod pool;
mod project;
pub mod report;
mod simulate;
mod sweep;
pub mod words;

use args::{Command, Lab};
use clap::Parser;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well: 0.
    Fine,
    /// Something was found wrong, or a figure, a link or a file refused: 1.
    Problems,
    /// The command line can't be understood: 2.
    Usage,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command stopped, as a sentence.
#[derive(Debug)]
pub enum CommandError {
    /// The command line can't be understood.
    Usage(String),
    /// It was understood and can't be done.
    Refused(String),
    /// The errors have been printed already.
    Told,
    /// The output can't be written, for example because the pipe is closed.
    Output(io::Error),
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Where a command writes.
pub struct Terminal<'a> {
    /// Results.
    pub out: &'a mut dyn Write,
    /// Complaints and progress.
    pub err: &'a mut dyn Write,
    /// Whether the output is a terminal, where progress is shown.
    pub watched: bool,
}

impl Terminal<'_> {
    /// Overwrites the progress line; does nothing if the output isn't a terminal.
    pub fn progress(&mut self, text: &str) {
        if self.watched {
            // A progress line that can't be written is no reason to stop.
            let _ = write!(self.err, "\r\x1b[K{text}");
            let _ = self.err.flush();
        }
    }
}

/// Runs one command line, whose first word is the program's name.
pub fn run(
    line: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    let lab = match Lab::try_parse_from(line) {
        Ok(lab) => lab,
        Err(told) => {
            let (to, exit): (&mut dyn Write, _) =
                if told.use_stderr() { (err, Exit::Usage) } else { (out, Exit::Fine) };
            let _ = write!(to, "{}", told.render());
            return exit;
        }
    };
    let watched = io::IsTerminal::is_terminal(&io::stderr());
    let mut terminal = Terminal { out, err, watched };
    let ended = dispatch(lab.command, &mut terminal).and_then(|()| Ok(terminal.out.flush()?));
    let (text, exit) = match ended {
        Ok(()) => return Exit::Fine,
        Err(CommandError::Told) => return Exit::Problems,
        Err(CommandError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => return Exit::Fine,
        Err(CommandError::Output(error)) => (format!("the output can't be written: {error}"), Exit::Problems),
        Err(CommandError::Refused(text)) => (text, Exit::Problems),
        Err(CommandError::Usage(text)) => (text, Exit::Usage),
    };
    // Where complaints can't be written, the exit code has to do.
    let _ = writeln!(terminal.err, "lab: {text}");
    exit
}

fn dispatch(command: Command, terminal: &mut Terminal) -> Result<(), CommandError> {
    match command {
        Command::List(args) => list::list(&args, terminal),
        Command::Run(args) => simulate::run(&args, terminal),
        Command::Explain(args) => explain::explain(&args, terminal),
        Command::Sweep(args) => sweep::sweep(&args, terminal),
        Command::Judge(args) => judge::judge(&args, terminal),
        Command::Open(args) => open::open(&args, terminal),
        Command::Check(args) => check::check(&args, terminal),
        Command::Oracle(args) => check::oracle(&args, terminal),
        Command::Bench(args) => bench::bench(&args, terminal),
        Command::Golden(args) => golden::golden(&args, terminal),
        Command::New(args) => new::new(&args.path, args.figure.as_deref(), terminal),
        Command::Generate => check::generate(terminal),
    }
}
