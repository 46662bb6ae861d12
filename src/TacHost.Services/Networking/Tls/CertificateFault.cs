namespace TacHost.Services.Networking.Tls;

/// <summary>The examination of a certificate before a server uses it.</summary>
internal static class CertificateFault
{
    /// <summary>Returns the fault of a certificate as a clause, or null if clients would accept its time and its key.</summary>
    /// <param name="source">The certificate, with absolute paths.</param>
    public static string? Of(TlsCertificate source)
    {
        try
        {
            using var certificate = TlsFiles.Read(source).TargetCertificate;
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            var (begin, end) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
            return now > end ? $"which expired on {end:yyyy-MM-dd}" : now < begin ? $"which is not valid before {begin:yyyy-MM-dd}" : null;
        }
        catch (ArgumentException e) when (e.ParamName == "privateKey")
        {
            return $"which does not match the key '{source.KeyFile ?? source.CertificateFile}'";
        }
        catch (Exception e) when (TlsFiles.IsUnreadable(e))
        {
            return $"which cannot be used: {e.Message}";
        }
    }
}
