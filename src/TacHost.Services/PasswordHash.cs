using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TacHost.Native;

namespace TacHost.Services;

/// <summary>Functions to check the strength of a password hash and to verify a password.</summary>
internal static partial class PasswordHash
{
    /// <summary>The hash of an unknown password, for a file without users. Its verification takes as long as that of a real one.</summary>
    public const string Decoy = "$6$tachostdecoy$SWP60weqEFQO7XFzfZVvn6Ac.Ilt.Z7i/vxeMvly6GJRTdAOw/OaAzqIiGyLDs3Hf6nuseA0XUZWurjpq5Fgn0";

    /// <summary>CRYPT_MAX_PASSPHRASE_SIZE of crypt(5), less the terminating NUL.</summary>
    private const int LongestPassword = 511;

    /// <summary>Returns the defect of a text in the hash field, or null if the hash is acceptable. Never repeats the text, which may be a password.</summary>
    public static string? Fault(string text)
    {
        if (Sha2().IsMatch(text) || Bcrypt().IsMatch(text) || Yescrypt().IsMatch(text) || Scrypt().IsMatch(text))
            return null;
        if (text.Length == 0)
            return "has no password";
        if (text.StartsWith("$1$", StringComparison.Ordinal) || text.StartsWith("$apr1$", StringComparison.Ordinal) || text.StartsWith("$md5", StringComparison.Ordinal))
            return "has an MD5 hash, which is broken in seconds";
        if (text.StartsWith("{SHA}", StringComparison.Ordinal) || text.StartsWith("$3$", StringComparison.Ordinal) || text.StartsWith("$sha1$", StringComparison.Ordinal))
            return "has a hash that is broken in seconds";
        if (text.StartsWith('$') || text.StartsWith('{'))
            return "has a hash that is damaged or of an unknown kind";
        return Des().IsMatch(text) ? "has a DES hash, which is broken in seconds, or a password in plain text" : "has a password in plain text";
    }

    /// <summary>Returns whether a password matches a hash. Slow by design, and equally slow for a wrong password.</summary>
    public static bool Verify(string password, string hash)
    {
        // The library treats NUL as the end. A password that contains a NUL must not match its prefix.
        var possible = !password.Contains('\0') && Encoding.UTF8.GetByteCount(password) <= LongestPassword;
        var found = Libcrypt.Hash(possible ? password : "", hash);
        return found is not null & CryptographicOperations.FixedTimeEquals(found, Encoding.UTF8.GetBytes(hash)) & possible;
    }

    [GeneratedRegex(@"^(\$5\$(rounds=[0-9]{4,9}\$)?[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{43}|\$6\$(rounds=[0-9]{4,9}\$)?[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{86})\z")]
    private static partial Regex Sha2();

    [GeneratedRegex(@"^\$2[aby]\$[0-3][0-9]\$[./0-9A-Za-z]{53}\z")]
    private static partial Regex Bcrypt();

    [GeneratedRegex(@"^\$g?y\$[./0-9A-Za-z]{1,32}\$[./0-9A-Za-z]{1,86}\$[./0-9A-Za-z]{43}\z")]
    private static partial Regex Yescrypt();

    [GeneratedRegex(@"^\$7\$[./0-9A-Za-z]{11,97}\$[./0-9A-Za-z]{43}\z")]
    private static partial Regex Scrypt();

    [GeneratedRegex(@"^(_[./0-9A-Za-z]{19}|[./0-9A-Za-z]{13})\z")]
    private static partial Regex Des();
}
