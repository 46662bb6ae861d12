using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TacHost.Services.Networking.Tls;

/// <summary>The authorities that a client trusts instead of those of the system.</summary>
internal static class TrustedRoots
{
    /// <summary>Reads a PEM file, or all <c>.pem</c> files of a directory, and returns a policy that trusts their certificates.</summary>
    /// <exception cref="CryptographicException">The path contains no certificate.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static X509ChainPolicy Read(string path)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        foreach (var file in Files(path))
            policy.CustomTrustStore.ImportFromPemFile(file);
        return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException($"There is no certificate in '{path}'.");
    }

    /// <summary>Returns the need of a service that trusts the authorities.</summary>
    public static ServiceNeed NeedOf(string path, Service service) => new(Directory.Exists(service.ResolvePath(path)) ? ServiceNeedKind.Directory : ServiceNeedKind.File, path);

    /// <summary>Returns the file itself, or every file of a directory that is named <c>….pem</c>.</summary>
    public static IEnumerable<string> Files(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.pem", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive }).Order(StringComparer.Ordinal) : [path];
}
