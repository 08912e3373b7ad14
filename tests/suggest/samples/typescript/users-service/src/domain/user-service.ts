import { type AvatarStore, type User, type UserEvents, type UserRepository, UserEventKind } from './ports.js';

export class UserService {
  constructor(
    private readonly users: UserRepository,
    private readonly avatars: AvatarStore,
    private readonly events: UserEvents,
  ) {}

  find(id: string): Promise<User | undefined> {
    return this.users.get(id);
  }

  async rename(id: string, name: string): Promise<User> {
    const user = await this.users.get(id);
    if (!user) throw new Error(`no user ${id}`);
    const renamed = { ...user, name, version: user.version + 1 };
    await this.users.save(renamed);
    await this.events.emit(UserEventKind.Renamed, renamed);
    return renamed;
  }

  avatarUpload(id: string): Promise<string> {
    return this.avatars.uploadUrl(id);
  }
}
