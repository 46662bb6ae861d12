using System.Globalization;
using System.Runtime.InteropServices;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The user and group that a process started by root switches to.</summary>
/// <param name="User">The user ID.</param>
/// <param name="Group">The group ID.</param>
/// <param name="UserName">The user whose supplementary groups the process gets, or null for no supplementary groups.</param>
/// <param name="EffectiveOnly">True to change only the effective IDs, so that the process can change back.</param>
internal sealed record Identity(uint User, uint Group, string? UserName, bool EffectiveOnly)
{
    /// <summary>The system's default PATH, the same as for programs of inetd.</summary>
    private const string OrdinaryPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const uint Unchanged = uint.MaxValue;

    /// <summary>Looks up the requested identity. Returns null if nothing is requested, or if a user other than root already has the identity.</summary>
    /// <param name="user">A name or ID, or null.</param>
    /// <param name="group">A name or ID, or null for the primary group of the user.</param>
    /// <param name="effectiveOnly">True to change only the effective IDs, so that the process can change back.</param>
    /// <exception cref="TacHostException">The user or the group does not exist, or switching requires root.</exception>
    public static Identity? Resolve(string? user, string? group, bool effectiveOnly)
    {
        if (user is null && group is null)
            return null;
        var me = LibcAccounts.GetEuid();
        var account = user is null ? null : FindUser(user);
        var groupId = group is not null ? FindGroup(group) : account!.Value.GroupId
            ?? throw new TacHostException(ExitCode.NoUser, $"the user {user} has no entry that names a group; give one with --gid.");
        var userId = account?.UserId ?? me;
        if (me != 0 && (userId, groupId) == (me, LibcAccounts.GetEgid()))
            return null;
        if (me != 0)
            throw new TacHostException(ExitCode.NoPermission, $"only root can become {(user is null ? $"group '{group}'" : $"user '{user}'")}, and this is user {me}. Start it as root, or leave --uid and --gid out.");
        return new Identity(userId, groupId, account?.Name, effectiveOnly);
    }

    /// <summary>Looks up the supplementary groups. To be called before chroot(2), because the files of a jail must not choose them.</summary>
    public IReadOnlyList<uint> FindGroups() => UserName is null ? [] : Accounts.Groups(UserName, Group);

    /// <summary>Sets the environment variables of the user for services and their programs, unless only the effective IDs change.</summary>
    /// <remarks>To be called before chroot(2), for the same reason. The PATH of root's shell is not passed on. Other variables stay, because they may be intended for the services.</remarks>
    public void SetEnvironment()
    {
        if (EffectiveOnly)
            return;
        var account = Accounts.User(User);
        Set("HOME", account is { Home.Length: > 0 } ? account.Home : "/");
        Set("USER", account?.Name);
        Set("LOGNAME", account?.Name);
        Set("SHELL", account is { Shell.Length: > 0 } ? account.Shell : "/bin/sh");
        Set("PATH", User == 0 ? Environment.GetEnvironmentVariable("PATH") : OrdinaryPath);

        static void Set(string name, string? value) => Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>Switches to the identity: supplementary groups, group, user, in this order. Then verifies the identity of every thread.</summary>
    /// <param name="threads">The threads to verify.</param>
    /// <param name="groups">The supplementary groups, of <see cref="FindGroups"/>.</param>
    /// <exception cref="TacHostException">The operating system refused, or the process could switch back to root.</exception>
    public unsafe void Assume(ThreadCredentials threads, IReadOnlyList<uint> groups)
    {
        uint[] list = [.. groups];
        // A group that stays in the supplementary list would keep its privileges.
        fixed (uint* first = list)
            Require(LibcIdentity.SetGroups((nuint)list.Length, first), "the supplementary groups");
        Require(EffectiveOnly ? LibcIdentity.SetResGid(Unchanged, Group, Unchanged) : LibcIdentity.SetResGid(Group, Group, Group), $"group {Group}");
        Require(EffectiveOnly ? LibcIdentity.SetResUid(Unchanged, User, Unchanged) : LibcIdentity.SetResUid(User, User, User), $"user {User}");
        if (threads.FirstThatIsNot(this, list) is { } thread)
            throw new TacHostException(ExitCode.OperatingSystem, $"thread {thread} did not become user {User} and group {Group} with the supplementary groups of that user.");
        if (!EffectiveOnly && User != 0 && LibcIdentity.SetResUid(Unchanged, 0, Unchanged) == 0)
            throw new TacHostException(ExitCode.OperatingSystem, $"after the change to user {User}, the process could still become root again.");
    }

    private static (string? Name, uint UserId, uint? GroupId)? FindUser(string user)
    {
        // As in twistd, a number is first taken as an ID and then as a name.
        if (uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != Unchanged)
            return Accounts.User(id) is { } numbered ? (numbered.Name, id, numbered.GroupId) : (null, id, null);
        return Accounts.User(user) is { } named
            ? (named.Name, named.UserId, named.GroupId)
            : throw new TacHostException(ExitCode.NoUser, $"there is no user '{user}'.");
    }

    private static uint FindGroup(string group) =>
        uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != Unchanged
            ? id
            : Accounts.Group(group) ?? throw new TacHostException(ExitCode.NoUser, $"there is no group '{group}'.");

    private static void Require(int result, string what)
    {
        if (result != 0)
            throw new TacHostException(ExitCode.OperatingSystem, $"cannot change {what}: {Errno.Text(Marshal.GetLastPInvokeError())}.");
    }
}
