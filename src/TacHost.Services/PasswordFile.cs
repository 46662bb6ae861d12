using System.Security.Cryptography;
using System.Text;
using TacHost.Native;

namespace TacHost.Services;

/// <summary>A file of users and password hashes, with one line <c>name:hash</c> or <c>name:hash:home</c> per user.</summary>
/// <remarks>
/// <para>
/// The hashes are those of crypt(5), as created by <c>openssl passwd -6</c>,
/// <c>mkpasswd</c> and <c>htpasswd -B</c>: SHA-256, SHA-512, bcrypt, yescrypt, scrypt.
/// The system's libcrypt computes them. Plain text and hashes that can be broken in
/// seconds are rejected. A file that anyone except its owner may write to is rejected too.
/// Empty lines and lines that begin with # are skipped. A hash that begins with <c>!</c> or <c>*</c> locks the user. Fields after the third are ignored.
/// </para>
/// <para>
/// The file is reread after a change. If the changed file is unusable, all logins are refused until it is corrected.
/// Thread-safe. Ported from <c>twisted.cred.checkers.FilePasswordDB</c>, which accepts plain text.
/// </para>
/// </remarks>
public sealed class PasswordFile
{
    private readonly Lock _gate = new();

    /// <summary>
    /// Limits concurrent checks to the number of processors, so that a client that tries many passwords does not block the thread pool. Each check is slow.
    /// </summary>
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount));
    private readonly byte[] _decoyKey = RandomNumberGenerator.GetBytes(16);
    private readonly string _given;
    private Dictionary<string, Entry> _entries = [];
    private string? _stamp;
    private long _version;
    private PasswordFileException? _fault;

    /// <summary>Initializes a password file. Does not read the file.</summary>
    public PasswordFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _given = path;
    }

    /// <summary>
    /// Gets or sets the directory that a relative path is resolved against. A server sets it to
    /// its <see cref="Application.BaseDirectory"/>. Defaults to null: the working directory.
    /// </summary>
    public string? BaseDirectory { get; set; }

    /// <summary>Gets the absolute path of the file. A relative path is resolved against <see cref="BaseDirectory"/>.</summary>
#pragma warning disable RS0030 // a password file may be used without a server
    public string Path => BaseDirectory is { } directory ? System.IO.Path.GetFullPath(_given, directory) : System.IO.Path.GetFullPath(_given);
#pragma warning restore RS0030

    /// <summary>Returns the need of a server that verifies passwords with the file.</summary>
    /// <param name="server">The server, which resolves a relative path.</param>
    public ServiceNeed NeedOf(Service server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return new ServiceNeed(ServiceNeedKind.File, _given) { Verify = () => FaultOf(new PasswordFile(server.ResolvePath(_given))) };
    }

    /// <summary>
    /// Reads the file if it is new or has changed, and loads libcrypt. A server calls this method in its privileged start, so that errors appear there.
    /// </summary>
    /// <exception cref="PasswordFileException">The file cannot be read or is not trustworthy. The message contains the wrong line and the remedy.</exception>
    /// <exception cref="DllNotFoundException">libcrypt is not installed.</exception>
    public void Load()
    {
        Libcrypt.Load();
        Current();
    }

    /// <summary>Verifies a password on the thread pool. Slow by design, and equally slow for known and unknown names.</summary>
    /// <param name="name">The user's name.</param>
    /// <param name="password">The password. A password that contains a NUL, or has more than 511 bytes of UTF-8, never matches.</param>
    /// <param name="cancellationToken">Cancels the wait. A check in progress continues.</param>
    /// <returns>The user, or null if the name is unknown, the password is wrong, or the user is locked.</returns>
    /// <exception cref="PasswordFileException">The file has changed and is unusable. Refuse the login.</exception>
    public async Task<PasswordFileUser?> VerifyAsync(string name, string password, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(password);
        await _turns.WaitAsync(cancellationToken);
        var check = Task.Run(() => Verify(name, password), CancellationToken.None);
        _ = check.ContinueWith(_ => _turns.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return await check.WaitAsync(cancellationToken);
    }

    /// <summary>Returns a number that changes with the content of the file, for callers that remember verified passwords.</summary>
    /// <exception cref="PasswordFileException">The file has changed and is unusable.</exception>
    public long GetVersion()
    {
        lock (_gate)
        {
            Current();
            return _version;
        }
    }

    private static string? FaultOf(PasswordFile file)
    {
        try
        {
            file.Current();
            return null;
        }
        catch (PasswordFileException e)
        {
            return $"which cannot be used: {e.Message}";
        }
    }

    private PasswordFileUser? Verify(string name, string password)
    {
        var entries = Current();
        var entry = entries.GetValueOrDefault(name);
        var right = PasswordHash.Verify(password, entry is { IsLocked: false } ? entry.Hash : DecoyFor(name, entries));
        return right && entry is { IsLocked: false } ? entry.User : null;
    }

    /// <summary>Returns the decoy hash for an unknown or locked user: always the same for a name, and as slow as the hashes in the file.</summary>
    private string DecoyFor(string name, Dictionary<string, Entry> entries)
    {
        var hashes = entries.Values.Where(entry => !entry.IsLocked).Select(entry => entry.Hash).ToList();
        return hashes.Count == 0 ? PasswordHash.Decoy : hashes[HMACSHA256.HashData(_decoyKey, Encoding.UTF8.GetBytes(name))[0] % hashes.Count];
    }

    private Dictionary<string, Entry> Current()
    {
        lock (_gate)
        {
            FileInfo info = new(Path);
            var stamp = info.Exists ? $"{info.LastWriteTimeUtc.Ticks},{info.Length},{info.UnixFileMode}" : "";
            if (stamp != _stamp)
            {
                _fault = null;
                try
                {
                    _entries = Read();
                }
                catch (PasswordFileException e)
                {
                    _fault = e;
                }

                _stamp = stamp;
                _version++;
            }

            return _fault is null ? _entries : throw new PasswordFileException(_fault);
        }
    }

    private Dictionary<string, Entry> Read()
    {
        try
        {
            using FileStream file = new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
                throw new PasswordFileException(Path, null, $"others than its owner may write to it. Run: chmod go-w '{Path}'");
            using StreamReader reader = new(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return Parse(reader);
        }
        catch (DecoderFallbackException e)
        {
            throw new PasswordFileException(Path, null, "it is not a text in UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PasswordFileException(Path, null, $"{e.Message} Name a file that this process can read, with lines 'name:hash'.", e);
        }
    }

    private Dictionary<string, Entry> Parse(StreamReader reader)
    {
        Dictionary<string, Entry> entries = [];
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
                continue;
            var fields = line.Split(':');
            var name = fields[0];
            if (fields.Length < 2 || name.Length == 0 || name.Any(char.IsControl))
                throw new PasswordFileException(Path, number, "it does not have the form 'name:hash' or 'name:hash:home'.");
            var locked = fields[1].Length > 0 && fields[1][0] is '!' or '*';
            if (!locked && PasswordHash.Fault(fields[1]) is { } fault)
                throw new PasswordFileException(Path, number, $"'{name}' {fault}. Make a hash with 'openssl passwd -6' and write '{name}:' and the hash.");
            var home = fields.Length > 2 && fields[2].Length > 0 ? fields[2] : null;
            if (home is not null && !home.StartsWith('/'))
                throw new PasswordFileException(Path, number, $"the home of '{name}', the third field, does not begin with '/'.");
            if (!entries.TryAdd(name, new Entry(new PasswordFileUser(name, home), fields[1], locked, number)))
                throw new PasswordFileException(Path, number, $"'{name}' is in line {entries[name].Line} already. Remove one of them.");
        }

        return entries;
    }

    private sealed record Entry(PasswordFileUser User, string Hash, bool IsLocked, int Line);
}
