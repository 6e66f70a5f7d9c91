//! The request that is judged: an action on a resource.

use super::subject::Subject;
use crate::text::Text;

/// An action on a resource. The context comes apart from it.
#[derive(Clone, Debug)]
pub struct Request {
    action: Subject,
    resource: Subject,
}

impl Request {
    /// A request for `action` (`mq:RebootBroker`) on `resource`: an ARN, or `*` for an action without resource
    /// types, which is then matched as text.
    pub fn new(action: &str, resource: Text) -> Self {
        Self { action: Subject::from(action), resource: Subject::new(resource) }
    }

    /// The action.
    pub fn action(&self) -> &Subject {
        &self.action
    }

    /// The resource.
    pub fn resource(&self) -> &Subject {
        &self.resource
    }
}
