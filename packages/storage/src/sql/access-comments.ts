/** The words of the tables about who may enter and what was done; a part of `schemaComments`. */
export const accessComments = {
  tokens: {
    holds: "who may call the service; a token itself is nowhere",
    columns: {
      id: "public part of the token",
      name: "what it is for, in its owner's words",
      role: "what it may do",
      hash: "SHA-256 of the token",
      created_at: "when it was made",
      expires_at: "from when on it is refused; null: never",
      last_used_at: "when it last let somebody in, to the minute",
      revoked_at: "since when it is refused",
    },
  },
  sessions: {
    holds: "browsers that are signed in",
    columns: {
      hash: "SHA-256 of what is in the cookie",
      token_id: "the token that signed in: tokens.id, or file- and the start of its hash",
      created_at: "when it signed in",
      seen_at: "when it last asked, to the minute",
    },
  },
  audit: {
    holds: "what was done or refused, by whom: promotions, rollbacks, trainings, denials; only ever added to",
    columns: {
      id: "UUID version 7",
      at: "when",
      actor: "token name, command line or schedule that did it",
      action: "what, as noun.verb: model.promote",
      subject: "what it was done to",
      outcome: "done, refused (by a rule), denied (not allowed) or failed",
      reason: "why, in a sentence",
      request_id: "the request that asked for it",
      details: "JSON object: facts of the action",
    },
  },
  idempotency_keys: {
    holds: "answers to requests that came with an Idempotency-Key, for a day",
    columns: {
      caller: "tokens.id, or loopback",
      key: "the key that the caller chose",
      request_digest: "SHA-256 of method, path, query, type and body",
      holder: "the attempt that works on it, or did",
      lease_until: "when that attempt counts as dead, should it say nothing before",
      status: "status of the answer; null while the request is worked on",
      headers: "JSON object: headers of the answer",
      body: "body of the answer",
      created_at: "when the key was first seen",
    },
  },
};
