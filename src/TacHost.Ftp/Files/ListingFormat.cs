using System.Globalization;
using System.Text;
using TacHost.Native;

namespace TacHost.Ftp.Files;

/// <summary>Formats listings: for people and old programs (LIST), and for programs (MLSD, RFC 3659, section 7). Times are in UTC.</summary>
internal static class ListingFormat
{
    /// <summary>The supported facts (RFC 3659, section 7.5).</summary>
    public static readonly string[] AllFacts = ["type", "size", "modify", "perm", "unique"];

    private static readonly TimeSpan _recent = TimeSpan.FromDays(180);

    /// <summary>Returns a line in the format of <c>ls -l</c>, which programs expect. Owner and group are not disclosed.</summary>
    public static string Long(DirectoryEntry entry, DateTimeOffset now)
    {
        var (name, status) = entry;
        var age = now - status.Modified;
        var time = status.Modified.ToString(age < _recent && age > -TimeSpan.FromDays(1) ? "MMM dd HH:mm" : "MMM dd  yyyy", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{Permissions(status)} {status.Links,3} ftp      ftp      {status.Size,12} {time} {name}");
    }

    /// <summary>Returns the facts, followed by the name.</summary>
    /// <param name="name">The name to print.</param>
    /// <param name="status">The status of the file.</param>
    /// <param name="type">The type if it differs from that of the file: <c>cdir</c> or <c>pdir</c>. Otherwise null.</param>
    /// <param name="wanted">The requested facts.</param>
    /// <param name="mayWrite">True if the client may change files.</param>
    public static string Facts(string name, FileStatus status, string? type, string[] wanted, bool mayWrite)
    {
        StringBuilder facts = new();
        foreach (var fact in wanted)
        {
            if (Value(fact, status, type, mayWrite) is { } value)
                facts.Append(CultureInfo.InvariantCulture, $"{fact}={value};");
        }

        return facts.Append(' ').Append(name).ToString();
    }

    /// <summary>Returns a time in the format of RFC 3659, section 2.3.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    public static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text.Split('.')[0], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time) && time >= DateTimeOffset.UnixEpoch;

    private static string? Value(string fact, in FileStatus status, string? type, bool mayWrite) => fact switch
    {
        "type" => type ?? (status.IsDirectory ? "dir" : status.IsRegularFile ? "file" : "OS.unix=other"),
        "size" => status.IsDirectory ? null : status.Size.ToString(CultureInfo.InvariantCulture),
        "modify" => Time(status.Modified),
        "perm" => status.IsDirectory ? mayWrite ? "elcmpdf" : "el" : mayWrite ? "rwadf" : "r",
        _ => string.Create(CultureInfo.InvariantCulture, $"{status.DeviceMajor:x}.{status.DeviceMinor:x}.{status.Inode:x}"),
    };

    private static string Permissions(in FileStatus status)
    {
        Span<char> text = stackalloc char[10];
        text[0] = status.IsDirectory ? 'd' : '-';
        for (var bit = 0; bit < 9; bit++)
            text[bit + 1] = (status.Mode & (0x100 >> bit)) == 0 ? '-' : "rwx"[bit % 3];
        return text.ToString();
    }
}
