//! What is to be seen and said of a machine: its memory and buffers, its threads and their instructions.

use super::{
    Explored, Machine, about_instruction, about_other_line, about_runs_next, does_drain, thread_finished,
    thread_waits,
};
use crate::player::About;
use crate::scene::{Label, Panel, Status, ValueBox, ValueRow, Values};
use crate::sim::{Entity, Msg};

impl Explored<Machine> {
    /// What memory has and what waits on its way there, as a panel. `memory` has the variables to be shown, as the figure's
    /// entities in the order of the machine's, and whether something is wrong with them; `cell` is how one with a value is
    /// written, and `verdict` how it came out, if that is known.
    pub fn values(
        &self,
        title: Msg,
        memory: impl Iterator<Item = (Entity, bool)>,
        cell: impl Fn(u8, u8) -> String,
        verdict: Option<(Msg, Status)>,
    ) -> Panel {
        let (machine, program) = (&self.state, &self.program);
        let threads = machine.threads.len() as u32;
        let variable = |(entity, wrong): (Entity, bool)| {
            let (variable, is) = (entity.n as u8, machine.value(entity.n as u8) as u8);
            let status = match () {
                () if wrong => Status::Trouble,
                // Some thread reads another value there.
                () if (0..threads).any(|n| machine.reads(n, variable) != is) => Status::Active,
                () => Status::Normal,
            };
            ValueBox { entity, text: cell(variable, is), status }
        };
        // The oldest store stands for what the buffer does next.
        let buffer = |n: u32| {
            let entity = program.thread(threads + n);
            let waits = |(k, &(variable, value)): (usize, &(u8, u8))| {
                let next = (program.instruction(threads + n, 0), Status::Active);
                let (entity, status) = if k == 0 { next } else { (entity, Status::Normal) };
                ValueBox { entity, text: cell(variable, value), status }
            };
            let boxes = machine.threads[n as usize].buffer.iter().enumerate().map(waits).collect();
            ValueRow { name: Some((entity, Label::Name(entity))), boxes }
        };
        let buffers = (0..threads).filter(|n| threads + n < program.threads.len() as u32).map(buffer);
        let memory = ValueRow { name: None, boxes: memory.map(variable).collect() };
        let verdict = verdict.map(|(says, status)| (Label::Words(says), status));
        let rows = [memory].into_iter().chain(buffers).collect();
        Panel::Values(Values { title: Label::Words(title), verdict, rows }.into())
    }

    /// What is to be said of a thread or an instruction, given the variables' names; `None` for anything else.
    pub fn about(&self, entity: Entity, names: &[&str]) -> Option<About> {
        let program = &self.program;
        let Some((n, line)) = program.line_of(entity) else {
            let says = program.about(entity)?;
            let waits = program.number(entity).and_then(|n| self.waits_for(n));
            return Some(About::says([says].into_iter().chain(waits).collect::<Vec<_>>()));
        };
        let (thread, code) = (program.thread(n), program.code(n)[line as usize].trim().to_owned());
        // A buffer has but one line, and takes it as often as it holds something.
        let op = self.state.threads.get(n as usize).map(|thread| thread.code[line as usize]);
        let now = match () {
            () if program.is_finished(n) => Some(thread_finished(thread)),
            () if program.line(n) != line => Some(about_other_line(thread, program.line(n) + 1)),
            () if self.can_run(n) => Some(about_runs_next()),
            () => op.map(|_| self.waits_for(n).unwrap_or_else(|| thread_waits(thread))),
        };
        let does = op.map_or_else(does_drain, |op| op.does(names));
        let says = [about_instruction(thread, line + 1, code), does].into_iter().chain(now);
        Some(About::says(says.collect::<Vec<Msg>>()).concerning([thread].into_iter()))
    }

    fn waits_for(&self, n: u32) -> Option<Msg> {
        self.state.waits_for(n, |thread| self.program.thread(thread))
    }
}
