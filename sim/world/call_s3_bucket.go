package world

// getBucketVersioning is s3 GetBucketVersioning; a bucket that never kept versions answers nothing.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
func getBucketVersioning(t *tx, r Request) (Document, error) {
	b, err := bucketFor(t, r)
	if err != nil {
		return nil, err
	}
	out := Document{}
	if v := t.setting(kindVersioning, b); v != nil {
		out["Status"] = str(v.In, "VersioningConfiguration.Status")
	}
	return out, nil
}

// getBucketLifecycle is s3 GetBucketLifecycleConfiguration, with what ends a version's life.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html
func getBucketLifecycle(t *tx, r Request) (Document, error) {
	b, err := bucketFor(t, r)
	if err != nil {
		return nil, err
	}
	set := t.setting(kindLifecycle, b)
	if set == nil {
		return nil, missing("NoSuchLifecycleConfiguration", "%s has no lifecycle configuration", b.ID)
	}
	rules := []any{}
	for _, of := range docs(set.In, "Rules") {
		rule := Document{"ID": str(of, "Id"), "Status": str(of, "Status"), "Filter": Document{"Prefix": str(of, "Filter.Prefix")}}
		if days, has := num(of, "NoncurrentVersionExpiration.NoncurrentDays"); has {
			rule["NoncurrentVersionExpiration"] = Document{"NoncurrentDays": days}
		}
		rules = append(rules, rule)
	}
	return Document{"Rules": rules}, nil
}
