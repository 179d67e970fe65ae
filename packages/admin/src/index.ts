export { type Diagnosis, diagnose } from './doctor/doctor.ts';
export { runAdmin } from './run-admin.ts';
