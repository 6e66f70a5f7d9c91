//! Builds what is kept: elements come from the reader in batches, in large plans from another thread.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use super::build::Texts;
use super::configuration::block;
use super::error::PlanError;
use super::model::{ResourceChange, ResourceConfig};
use super::resource::{change, state};

/// From this size on a batch is handed over.
const BATCH: usize = 128 * 1024;
/// How many batches wait at most: some 4 MiB, where no element is larger than a batch. Sections that are mostly kept and sections that are mostly skipped follow each
/// other, and who is ahead in one is behind in the next.
const WAITING: usize = 32;

/// What an element is.
pub(super) enum Kind {
    /// An element of `resource_changes`.
    Change,
    /// An element of `resource_drift`.
    Drift,
    /// A resource of a state, in this module.
    State(Option<Arc<str>>),
    /// A managed resource of the state before, which `resource_changes` seems not to name.
    Untouched(Option<Arc<str>>),
    /// A block of the configuration, in the module with this number.
    Block(usize),
}

#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    /// What each element is and how long.
    elements: Vec<(Kind, usize)>,
}

/// A block of the configuration, with its address in its module.
pub(super) type Block = (Box<str>, ResourceConfig);

/// What was built, in the order of the document.
#[derive(Default)]
pub(super) struct Built {
    pub(super) changes: Vec<ResourceChange>,
    pub(super) state: Vec<ResourceChange>,
    pub(super) untouched: Vec<ResourceChange>,
    /// What becomes of deposed objects.
    pub(super) deposed: Vec<ResourceChange>,
    /// What was found to be otherwise than the state had it.
    pub(super) drift: Vec<ResourceChange>,
    /// Blocks by the number of their module, with their address in it.
    pub(super) blocks: Vec<(usize, Vec<Block>)>,
    pub(super) texts: Texts,
    error: Option<PlanError>,
}

impl Batch {
    fn clear(&mut self) {
        self.bytes.clear();
        self.elements.clear();
    }
}

impl Built {
    /// What was built, or what was wrong with the first element that could not be.
    pub(super) fn into_result(mut self) -> Result<Self, PlanError> {
        self.error.take().map_or(Ok(self), Err)
    }

    fn add(&mut self, batch: &Batch) {
        let mut rest = batch.bytes.as_slice();
        for (kind, length) in &batch.elements {
            let (json, tail) = rest.split_at_checked(*length).unwrap_or_default();
            rest = tail;
            if self.error.is_none()
                && let Err(error) = self.element(kind, json)
            {
                self.error = Some(error);
            }
        }
    }

    fn element(&mut self, kind: &Kind, json: &[u8]) -> Result<(), PlanError> {
        match kind {
            Kind::Change => {
                let (change, is_deposed) = change(json, &mut self.texts)?;
                let changes = if is_deposed { &mut self.deposed } else { &mut self.changes };
                changes.push(change);
            }
            Kind::Drift => {
                let (change, is_deposed) = change(json, &mut self.texts)?;
                self.drift.extend((!is_deposed).then_some(change));
            }
            Kind::State(module) => self.state.extend(state(json, module.as_deref(), &mut self.texts)?),
            Kind::Untouched(module) => {
                self.untouched.extend(state(json, module.as_deref(), &mut self.texts)?);
            }
            Kind::Block(module) => {
                let block = block(json, &mut self.texts)?;
                match self.blocks.last_mut() {
                    Some((last, blocks)) if last == module => blocks.push(block),
                    _ => self.blocks.push((*module, vec![block])),
                }
            }
        }
        Ok(())
    }
}

/// The way of an element from the reader to what is built.
pub(super) struct Sink {
    batch: Batch,
    way: Way,
}

enum Way {
    /// The reader builds by itself.
    Inline(Box<Built>),
    /// Another thread builds; empty batches come back from it.
    Channel(SyncSender<Batch>, Receiver<Batch>),
}

impl Sink {
    /// A sink that builds on the same thread.
    pub(super) fn inline() -> Self {
        Self { batch: Batch::default(), way: Way::Inline(Box::default()) }
    }

    /// Hands an element over.
    pub(super) fn push(&mut self, kind: Kind, json: &[u8]) {
        self.batch.bytes.extend_from_slice(json);
        self.batch.elements.push((kind, json.len()));
        if self.batch.bytes.len() >= BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        match &mut self.way {
            Way::Inline(built) => {
                built.add(&self.batch);
                self.batch.clear();
            }
            Way::Channel(full, empty) => {
                let next = empty.try_recv().unwrap_or_default();
                // The other thread takes every batch until the sender is gone.
                let _ = full.send(std::mem::replace(&mut self.batch, next));
            }
        }
    }

    /// Hands the rest over; what was built, if it was built here.
    pub(super) fn finish(mut self) -> Option<Built> {
        self.flush();
        match self.way {
            Way::Inline(built) => Some(*built),
            Way::Channel(..) => None,
        }
    }
}

/// Runs `read` on a thread of its own with a sink, and builds on this one: memory that stays is better taken by the
/// main thread, where the allocator gets it in larger pieces.
pub(super) fn beside<T: Send>(read: impl FnOnce(Sink) -> T + Send) -> (T, Built) {
    std::thread::scope(|scope| {
        let (full, batches) = sync_channel::<Batch>(WAITING);
        let (done, empty) = channel();
        let sink = Sink { batch: Batch::default(), way: Way::Channel(full, empty) };
        let reader = scope.spawn(move || read(sink));
        let mut built = Built::default();
        for mut batch in batches {
            built.add(&batch);
            batch.clear();
            // The reader may have finished.
            let _ = done.send(batch);
        }
        (reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), built)
    })
}
