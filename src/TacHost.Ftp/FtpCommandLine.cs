using System.Net;
using System.Net.Sockets;
using TacHost.Services.Plugins;

namespace TacHost.Ftp;

/// <summary>The command line of <c>tachost ftp</c>.</summary>
public sealed class FtpCommandLine : IPostOptions
{
    /// <summary>Gets or sets the directory to serve.</summary>
    [Option("root", 'r', "the directory to serve; nothing outside is ever opened", DefaultText = "the working directory")]
    public ExistingDirectory Root { get; set; } = new(".");

    /// <summary>Gets or sets the port of control connections.</summary>
    [Option("port", 'p', "the port to listen on")]
    public Port Port { get; set; } = FtpServer.DefaultPort;

    /// <summary>Gets or sets the interface to listen on.</summary>
    [Option("iface", 'i', "the interface to listen on; '' is every interface")]
    public Iface Iface { get; set; } = "localhost";

    /// <summary>Gets or sets whether anonymous users may read.</summary>
    [Option("anonymous", "allow anonymous users, 'anonymous' or 'ftp', to read")]
    public bool Anonymous { get; set; } = true;

    /// <summary>Gets or sets the password file of the users.</summary>
    [Option("password-file", "a file of users, with lines 'name:hash' or 'name:hash:/home'; 'openssl passwd -6' makes a hash")]
    public ExistingFile? PasswordFile { get; set; }

    /// <summary>Gets or sets whether the users of the password file may write.</summary>
    [Option("write", 'w', "allow the users of the password file to write")]
    public bool Write { get; set; }

    /// <summary>Gets or sets the ports of passive data connections.</summary>
    [Option("passive-ports", "the ports for passive data connections", DefaultText = "any that is free")]
    public PortRange? PassivePorts { get; set; }

    /// <summary>Gets or sets the IPv4 address that PASV returns.</summary>
    [Option("passive-address", "the IPv4 address that PASV returns, if clients reach this machine through a router with another address")]
    public IPAddress? PassiveAddress { get; set; }

    /// <summary>Gets or sets the certificate.</summary>
    [Option("tls-cert", "the certificate for TLS, a PEM or PFX file; with one, passwords are accepted under TLS only")]
    public ExistingFile? TlsCertificate { get; set; }

    /// <summary>Gets or sets the private key of the certificate.</summary>
    [Option("tls-key", "the key of the certificate, a PEM file, unless it is in the same file")]
    public ExistingFile? TlsKey { get; set; }

    /// <summary>Gets or sets whether TLS is required.</summary>
    [Option("require-tls", "require TLS for logins and data connections")]
    public bool RequireTls { get; set; }

    /// <summary>Gets or sets the maximum number of sessions.</summary>
    [Option("max-sessions", "the maximum number of sessions", Minimum = 1)]
    public int MaxSessions { get; set; } = 200;

    /// <summary>Gets or sets the maximum number of sessions from one address.</summary>
    [Option("max-sessions-per-address", "the maximum number of sessions from one address", Minimum = 1)]
    public int MaxSessionsPerAddress { get; set; } = 20;

    /// <summary>Gets or sets the timeout of idle sessions.</summary>
    [Option("idle-timeout", "the time after which an idle session ends", Minimum = 1, Maximum = 86400)]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public void PostOptions()
    {
        if (!Anonymous && PasswordFile is null)
            throw new UsageException("--password-file is missing, which --no-anonymous requires: no user could log in.");
        if (Write && PasswordFile is null)
            throw new UsageException("--password-file is missing, which --write needs: anonymous users never write.");
        if (RequireTls && TlsCertificate is null)
            throw new UsageException("--tls-cert is missing, which --require-tls needs.");
        if (TlsKey is not null && TlsCertificate is null)
            throw new UsageException("--tls-cert is missing, which --tls-key needs.");
        if (PassiveAddress is { AddressFamily: not AddressFamily.InterNetwork })
            throw new UsageException($"--passive-address: '{PassiveAddress}' is not an IPv4 address; IPv6 clients need none.");
    }
}
