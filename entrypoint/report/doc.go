// Package report holds what status, doctor and slots print: a Report, a Diagnosis
// and a SlotList. Each is made from a doctor.Seen alone, by Of, DiagnosisOf and
// SlotsOf, and prints itself as text for people or as JSON for programs.
//
// It looks at nothing and judges nothing: package doctor says what is wrong, and
// what to type against it. The words of a text may change with any version; in
// JSON names are only added.
package report
