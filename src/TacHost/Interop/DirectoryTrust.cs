namespace TacHost.Interop;

/// <summary>Whether nobody but this user and root can put something into a directory that this process would run.</summary>
internal static class DirectoryTrust
{
    /// <summary>Why not, or null if it and all above it belong to this user or root and are writable by nobody else.</summary>
    /// <param name="directory">Absolute.</param>
    /// <param name="isOwnGroupTrusted">Whether the group may write whose number is that of the user: where each user has such a group, nobody else is in it.</param>
    public static string? WhyNot(string directory, bool isOwnGroupTrusted = false)
    {
        // Each symbolic link would need a check of its own, so they are done away with first.
        var me = Libc.GetEffectiveUserId();
        var isTop = true;
        for (var path = Libc.PathWithoutLinks(directory) ?? directory; path is not null; path = Path.GetDirectoryName(path), isTop = false)
        {
            if (FileStatusOf.Path(path) is not { } status)
                return $"'{path}' cannot be looked at";
            if (!status.IsDirectory)
                return $"'{path}' is not a directory";
            if (status.UserId != me && status.UserId != 0)
                return $"'{path}' belongs to another user";

            // In a sticky directory, such as /tmp, others can add files of their own but not replace this one.
            var isWritable = status.IsWritableByOthers && !(isOwnGroupTrusted && status.GroupId == me && !status.IsWritableByAll);
            if (isWritable && (isTop || !status.IsSticky))
                return $"others can write to '{path}'";
        }

        return null;
    }
}
