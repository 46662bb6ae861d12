using System.Globalization;
using System.Runtime.InteropServices;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>The user and group that a process started by root goes on as.</summary>
/// <param name="User">The user's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="UserName">The user whose supplementary groups it gets, or null for none.</param>
/// <param name="EffectiveOnly">Whether the way back is kept.</param>
internal sealed record Identity(uint User, uint Group, string? UserName, bool EffectiveOnly)
{
    /// <summary>The system's directories, as the programs of inetd find them.</summary>
    private const string OrdinaryPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const uint Unchanged = uint.MaxValue;

    /// <summary>Looks up what was asked for. Null if nothing was, or if the process is that already.</summary>
    /// <param name="user">A name or number, or null.</param>
    /// <param name="group">A name or number, or null for the user's own.</param>
    /// <param name="effectiveOnly">Whether the way back is kept.</param>
    /// <exception cref="TacHostException">There is no such user or group, or it takes root to become it.</exception>
    public static Identity? Resolve(string? user, string? group, bool effectiveOnly)
    {
        if (user is null && group is null)
            return null;
        var me = Libc.GetEffectiveUserId();
        var account = user is null ? null : FindUser(user);
        var groupId = group is not null ? FindGroup(group) : account!.Value.GroupId
            ?? throw new TacHostException(ExitCode.NoUser, $"the user {user} has no entry that names a group; give one with --gid.");
        var userId = account?.UserId ?? me;
        if (me != 0 && (userId, groupId) == (me, Libc.GetEffectiveGroupId()))
            return null;
        if (me != 0)
            throw new TacHostException(ExitCode.NoPermission, $"only root can become {(user is null ? $"group '{group}'" : $"user '{user}'")}, and this is user {me}. Start it as root, or leave --uid and --gid out.");
        return new Identity(userId, groupId, account?.Name, effectiveOnly);
    }

    /// <summary>Makes the environment that of the user, for services and the programs that they start; not where the way back is kept.</summary>
    /// <remarks>What is in the PATH of root's shell is nobody else's business. The rest stays, since it may be meant for the services.</remarks>
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

    /// <summary>Becomes it: supplementary groups, group, user, in that order, and looks whether every thread has.</summary>
    /// <exception cref="TacHostException">The operating system refused, or root could be had back.</exception>
    public unsafe void Assume(ThreadIdentities threads)
    {
        // A group that the supplementary list still held would be as good as not given up.
        Require(UserName is not null ? Libc.InitializeGroups(UserName, Group) : Libc.SetGroups(0, null), "the supplementary groups");
        Require(EffectiveOnly ? Libc.SetGroupIds(Unchanged, Group, Unchanged) : Libc.SetGroupIds(Group, Group, Group), $"group {Group}");
        Require(EffectiveOnly ? Libc.SetUserIds(Unchanged, User, Unchanged) : Libc.SetUserIds(User, User, User), $"user {User}");
        if (threads.FirstThatIsNot(this) is { } thread)
            throw new TacHostException(ExitCode.OperatingSystem, $"thread {thread} did not become user {User} and group {Group}.");
        if (!EffectiveOnly && User != 0 && Libc.SetUserIds(Unchanged, 0, Unchanged) == 0)
            throw new TacHostException(ExitCode.OperatingSystem, $"having become user {User}, the process could still become root again.");
    }

    private static (string? Name, uint UserId, uint? GroupId)? FindUser(string user)
    {
        // twistd takes a number for a number before it takes it for a name.
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
