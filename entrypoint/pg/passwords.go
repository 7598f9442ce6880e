package pg

// PublishedPasswords stood in the earlier project's files, for anybody to read.
var PublishedPasswords = []string{"replicator", "adempiere@123"}
