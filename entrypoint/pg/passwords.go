package pg

// PublishedPasswords are the passwords that the earlier project published in its
// files.
var PublishedPasswords = []string{"replicator", "adempiere@123"}
