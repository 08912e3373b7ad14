export interface User {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

export interface UserRepository {
  get(id: string): Promise<User | undefined>;
  save(user: User): Promise<void>;
}

export interface AvatarStore {
  uploadUrl(userId: string): Promise<string>;
}

export interface UserEvents {
  emit(kind: UserEventKind, user: User): Promise<void>;
}

export enum UserEventKind {
  Renamed = 'user.renamed',
  Deleted = 'user.deleted',
}
