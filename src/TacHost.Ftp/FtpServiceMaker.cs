using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Ftp;

/// <summary>The plugin <c>tachost ftp</c>. Ported from <c>twisted.tap.ftp</c>.</summary>
[Plugin("ftp", "Serves files by FTP.")]
public sealed class FtpServiceMaker : ServiceMaker<FtpCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(FtpCommandLine options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FtpServer(options.Root, options.Port, options.Iface)
        {
            AllowAnonymous = options.Anonymous,
            Users = options.PasswordFile is { } users ? new PasswordFile(users) : null,
            UsersMayWrite = options.Write,
            PassivePorts = options.PassivePorts,
            PassiveAddress = options.PassiveAddress,
            Certificate = options.TlsCertificate is { } certificate ? Certificate(certificate, options.TlsKey) : null,
            RequireTls = options.RequireTls,
            MaxSessions = options.MaxSessions,
            MaxSessionsPerAddress = options.MaxSessionsPerAddress,
            IdleTimeout = options.IdleTimeout,
        };
    }

    private static TlsCertificate Certificate(string file, ExistingFile? key) =>
        Path.GetExtension(file).ToUpperInvariant() is ".PFX" or ".P12" ? TlsCertificate.FromPfx(file) : TlsCertificate.FromPem(file, key?.Path);
}
