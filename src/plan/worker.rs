//! Builds what is kept, beside the thread that reads and scans: elements go over in batches.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use super::build::Texts;
use super::configuration::block;
use super::error::PlanError;
use super::model::{ResourceChange, ResourceConfig};
use super::resource::{change, state};

/// From this size on a batch is sent. Small plans never need a second thread.
const BATCH: usize = 128 * 1024;
/// How many batches wait at most.
const WAITING: usize = 3;

/// What an element is.
pub(super) enum Kind {
    /// An element of `resource_changes`.
    Change,
    /// A resource of a state, in this module.
    State(Option<Arc<str>>),
    /// A block of the configuration, in the module with this number.
    Block(usize),
}

#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    /// What each element is and how long.
    elements: Vec<(Kind, usize)>,
}

/// What was built, in the order of the document.
#[derive(Default)]
pub(super) struct Built {
    pub(super) changes: Vec<ResourceChange>,
    pub(super) state: Vec<ResourceChange>,
    /// Blocks with the number of their module and their address in it.
    pub(super) blocks: Vec<(usize, Box<str>, ResourceConfig)>,
    pub(super) texts: Texts,
    error: Option<PlanError>,
}

impl Built {
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
            Kind::Change => self.changes.extend(change(json, &mut self.texts)?),
            Kind::State(module) => self.state.extend(state(json, module.as_deref(), &mut self.texts)?),
            Kind::Block(module) => {
                let (address, config) = block(json, &mut self.texts)?;
                self.blocks.push((*module, address, config));
            }
        }
        Ok(())
    }
}

/// The way to the thread that builds.
pub(super) struct Worker<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    batch: Batch,
    thread: Option<Thread<'scope>>,
}

struct Thread<'scope> {
    full: SyncSender<Batch>,
    empty: Receiver<Batch>,
    handle: ScopedJoinHandle<'scope, Built>,
}

impl<'scope, 'env> Worker<'scope, 'env> {
    /// A worker that starts no thread before it is needed.
    pub(super) fn new(scope: &'scope Scope<'scope, 'env>) -> Self {
        Self { scope, batch: Batch::default(), thread: None }
    }

    /// Hands an element over.
    pub(super) fn push(&mut self, kind: Kind, json: &[u8]) {
        self.batch.bytes.extend_from_slice(json);
        self.batch.elements.push((kind, json.len()));
        if self.batch.bytes.len() >= BATCH {
            self.send();
        }
    }

    fn send(&mut self) {
        let scope = self.scope;
        let thread = self.thread.get_or_insert_with(|| Thread::start(scope));
        let next = thread.empty.try_recv().unwrap_or_default();
        let batch = std::mem::replace(&mut self.batch, next);
        // The thread takes every batch until the sender is gone.
        let _ = thread.full.send(batch);
    }

    /// Waits until everything is built.
    pub(super) fn finish(mut self) -> Result<Built, PlanError> {
        let mut built = match self.thread.take() {
            None => {
                let mut built = Built::default();
                built.add(&self.batch);
                built
            }
            Some(thread) => {
                let _ = thread.full.send(self.batch);
                drop(thread.full);
                thread.handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
        };
        built.error.take().map_or(Ok(built), Err)
    }
}

impl<'scope> Thread<'scope> {
    fn start(scope: &'scope Scope<'scope, '_>) -> Self {
        let (full, batches) = sync_channel::<Batch>(WAITING);
        let (done, empty) = channel();
        let handle = scope.spawn(move || {
            let mut built = Built::default();
            for mut batch in batches {
                built.add(&batch);
                batch.bytes.clear();
                batch.elements.clear();
                // The reader may have finished.
                let _ = done.send(batch);
            }
            built
        });
        Self { full, empty, handle }
    }
}
