using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>A path followed one component at a time, each through the descriptor of the one before, up to the directory of the last.</summary>
/// <remarks>
/// Every component is examined through the descriptor that the walk goes on with, so that nothing can be exchanged between the check and the use. The way
/// is trusted if it cannot be led elsewhere by anybody but this user and root: each directory and each symbolic link on it belongs to one of the two, and no directory
/// is writable by others, unless it is sticky, as /tmp is.
/// </remarks>
internal sealed class PathWalk : IDisposable
{
    private const int LongestChain = 40; // of symbolic links, as in path_resolution(7)
    private const string Itself = ".";
    private const string MagicLinks = "/proc/";

    private readonly uint _me = Libc.GetEffectiveUserId();
    private readonly bool _trustsOwnGroup;
    private readonly bool _refusesForeignLinks;
    private readonly Stack<string> _ahead = new();
    private SafeFileHandle? _directory;
    private string _place = "/";
    private int _links;

    private PathWalk(bool trustsOwnGroup, bool refusesForeignLinks) => (_trustsOwnGroup, _refusesForeignLinks) = (trustsOwnGroup, refusesForeignLinks);

    /// <summary>Gets the directory of the last component, opened with O_PATH.</summary>
    /// <exception cref="InvalidOperationException">The walk failed.</exception>
    public SafeFileHandle Directory => _directory ?? throw new InvalidOperationException("The path leads nowhere.");

    /// <summary>Gets the name of the last component in <see cref="Directory"/>; "." for the root, and where the last is entered.</summary>
    public string Name { get; private set; } = Itself;

    /// <summary>Gets the path of <see cref="Directory"/> without symbolic links.</summary>
    public string DirectoryPlace => _place;

    /// <summary>Gets the path without symbolic links.</summary>
    public string Place => Name == Itself ? _place : Path.Combine(_place, Name);

    /// <summary>Gets the error for which the walk ended, or 0. A last component that does not exist is no error.</summary>
    public int Error { get; private set; }

    /// <summary>Gets the reason why somebody else could lead the path elsewhere, or null. Says nothing of the last component, unless that was a symbolic link.</summary>
    public string? Distrust { get; private set; }

    /// <summary>Gets whether the last component is a link of proc(5), which only the kernel can follow.</summary>
    public bool IsMagic { get; private set; }

    /// <summary>Follows a path to the directory of its last component.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="followsLast">Whether a symbolic link at the end is followed too.</param>
    /// <param name="entersLast">Whether the last component is a directory too, so that <see cref="Directory"/> is that one.</param>
    /// <param name="trustsOwnGroup">Whether the group may write whose number is that of the user: where each user has such a group, nobody else is in it.</param>
    /// <param name="refusesForeignLinks">Whether the walk fails with ELOOP at a symbolic link that somebody else could have made.</param>
    public static PathWalk Along(string path, bool followsLast = true, bool entersLast = false, bool trustsOwnGroup = false, bool refusesForeignLinks = false)
    {
        PathWalk walk = new(trustsOwnGroup, refusesForeignLinks);
        walk.Push(entersLast ? path + "/" + Itself : path);
        walk.Return();
        while (walk.Error == 0 && walk._ahead.TryPop(out var name))
            walk.Step(name, followsLast || walk._ahead.Count > 0);
        return walk;
    }

    /// <summary>Opens the last component, never through a symbolic link.</summary>
    /// <param name="flags">How.</param>
    /// <param name="mode">The mode of a file that is created.</param>
    /// <param name="waits">Whether to wait for the other end of a pipe.</param>
    /// <returns>Null if that failed, for the reason in <see cref="Marshal.GetLastPInvokeError"/>.</returns>
    public SafeFileHandle? Open(OpenFlags flags, uint mode = 0, bool waits = false)
    {
        var descriptor = Libc.OpenAt(Directory, Name, flags | OpenFlags.CloseOnExec | (waits ? 0 : OpenFlags.NonBlocking) | (IsMagic ? 0 : OpenFlag.NoFollow), mode);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Gives the directory of the last component away, so that it outlives the walk.</summary>
    public SafeFileHandle TakeDirectory()
    {
        var directory = Directory;
        _directory = null;
        return directory;
    }

    /// <summary>Returns the reason why a file at the end of the path cannot be trusted as the way to it is, or null.</summary>
    /// <param name="status">The status of the opened file.</param>
    public string? WhyNot(in FileStatus status) => Distrust ?? WhyNot(status, Place, forbidsSticky: false);

    /// <summary>Returns the reason why <see cref="Directory"/> is no place to look for files that count because of where they are, or null: others may not even add any.</summary>
    public string? WhyNotSearch() => Distrust ?? WhyNot(FileStatusOf.Open(Directory) ?? default, _place, forbidsSticky: true);

    public void Dispose() => _directory?.Dispose();

    private void Push(string path)
    {
        var names = path.Split('/');
        for (var i = names.Length - 1; i >= 0; i--)
        {
            if (names[i].Length > 0 && (names[i] != Itself || i == names.Length - 1))
                _ahead.Push(names[i]);
        }
    }

    private void Return()
    {
        _place = "/";
        Enter(new SafeFileHandle(Libc.Open("/", OpenFlags.PathOnly | OpenFlags.CloseOnExec, 0), ownsHandle: true));
    }

    private void Step(string name, bool follows)
    {
        if (Look(name, OpenFlag.NoFollow) is not { } next)
        {
            Error = Marshal.GetLastPInvokeError();
            if (Error == Errno.NoSuchFile && _ahead.Count == 0)
                (Name, Error) = (name, 0);
            return;
        }

        var status = FileStatusOf.Open(next) ?? default;
        if (status.IsSymbolicLink && follows)
        {
            Follow(name, next, status);
        }
        else if (_ahead.Count == 0 && name != "..")
        {
            Name = name;
            next.Dispose();
        }
        else if (status.IsDirectory)
        {
            _place = name == ".." ? Path.GetDirectoryName(_place) ?? "/" : Path.Combine(_place, name);
            Enter(next);
        }
        else
        {
            next.Dispose();
            Error = Errno.NotADirectory;
        }
    }

    private void Follow(string name, SafeFileHandle link, in FileStatus status)
    {
        using (link)
        {
            if (status.UserId != _me && status.UserId != 0)
                Distrust ??= $"'{Path.Combine(_place, name)}' is a symbolic link that belongs to {Owner(status)}";
            if (++_links > LongestChain || (_refusesForeignLinks && Distrust is not null))
                Error = Errno.TooManyLinks;
            else if (Distrust is null && _place.StartsWith(MagicLinks, StringComparison.Ordinal))
                FollowMagic(name);
            else if (Libc.ReadLink(link) is not { } target)
                Error = Marshal.GetLastPInvokeError();
            else
                GoTo(target);
        }
    }

    private void GoTo(string target)
    {
        Push(target);
        if (target.StartsWith('/'))
            Return();
    }

    private void FollowMagic(string name)
    {
        if (_ahead.Count == 0)
            (Name, IsMagic) = (name, true);
        else if (Look(name, 0) is { } directory)
            Enter(directory);
        else
            Error = Marshal.GetLastPInvokeError();
    }

    private void Enter(SafeFileHandle directory)
    {
        _directory?.Dispose();
        _directory = directory;
        Distrust ??= WhyNot(FileStatusOf.Open(directory) ?? default, _place, forbidsSticky: false);
    }

    private SafeFileHandle? Look(string name, OpenFlags flags)
    {
        var descriptor = Libc.OpenAt(Directory, name, OpenFlags.PathOnly | OpenFlags.CloseOnExec | flags, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private string? WhyNot(in FileStatus status, string place, bool forbidsSticky)
    {
        if (status.UserId != _me && status.UserId != 0)
            return $"'{place}' belongs to {Owner(status)}";
        var isWritable = status.IsWritableByOthers && !(_trustsOwnGroup && status.GroupId == _me && !status.IsWritableByAll);

        // In a sticky directory others can add files of their own, but not replace this one.
        return isWritable && (forbidsSticky || !(status.IsDirectory && status.IsSticky)) ? $"others can write to '{place}'" : null;
    }

    private static string Owner(in FileStatus status) =>
        Accounts.User(status.UserId) is { } user ? $"another user, '{user.Name}'" : $"another user, {status.UserId}";
}
