/**
 * What untrusted files can do to the readers: fuzz targets, the inputs that once broke them, and
 * the runs of Jazzer over them. A target takes bytes and either returns, having checked what it
 * read, or throws a {@link org.fnprune.common.UsageException}; anything else is a bug.
 */
package org.fnprune.fuzz;
