//! Facts about AWS, as data: the actions of Amazon MQ, ARN forms, condition keys, the policies that AWS manages.
